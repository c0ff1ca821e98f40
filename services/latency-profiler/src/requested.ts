import { type Bus, searchId } from '@nse/messaging';
import { fromStruct, type messages } from '@nse/rpc';
import { specOfSearch } from '@nse/service';
import { decodeArchitecture, encodeArchitecture, macroNetwork, NseError, type Violation } from '@nse/space';
import { parseSpec, poolOf, type SearchSpec } from '@nse/spec';
import type { DeviceRegistry } from './devices/registry.js';
import { factsId } from './facts-id.js';
import type { JobRequest } from './jobs/job.js';
import { networksOf, trialOf } from './jobs/measured-networks.js';
import { measureOptions, wrongOptions } from './measure-options.js';
import { wrongName } from './tables.js';

const MAX_CODES = 1_000;
/** A failed call's details travel in headers, which are limited: of more wrong codes the rest is counted. */
const MOST_NAMED = 100;

type SpecSource = Pick<messages.BuildTableRequest__Output, 'spec' | 'search'>;

/**
 * What a client wants measured. Raises INVALID_ARGUMENT with every wrong field, NOT_FOUND where nothing is known of the search or the
 * device.
 */
export async function requestedMeasurement(
  bus: Bus,
  registry: DeviceRegistry,
  request: messages.MeasureArchitecturesRequest__Output,
): Promise<JobRequest & { readonly kind: 'measurement' }> {
  const { device, codes } = request;
  const options = measureOptions(request.options);
  const { spec, violations } = await readSpec(bus, request);
  const read = spec === undefined ? { codes: [], violations: wrongCount(codes) } : readCodes(codes, spec);
  raise([...wrongDevice(device), ...violations, ...read.violations, ...wrongOptions(options)]);
  await requireDevice(registry, device);
  const of = networksOf(known(spec));
  const name = factsId([device, of, read.codes, options]);
  return { kind: 'measurement', name, device, of, codes: read.codes, options };
}

/** What table a client wants built. Raises as `requestedMeasurement` does. */
export async function requestedTable(
  bus: Bus,
  registry: DeviceRegistry,
  request: messages.BuildTableRequest__Output,
): Promise<JobRequest & { readonly kind: 'table' }> {
  const { name, device } = request;
  const options = measureOptions(request.options);
  const { spec, violations } = await readSpec(bus, request);
  raise([...wrongName(name, 'name'), ...wrongDevice(device), ...violations, ...wrongOptions(options)]);
  await requireDevice(registry, device);
  const wanted = known(spec);
  const of = networksOf(wanted);
  return { kind: 'table', name, device, of, options, trust: trialOf(wanted), reuses: false };
}

/** The spec that was given, or that of the search. Raises INVALID_ARGUMENT with every wrong field. */
export async function specOf(bus: Bus, source: SpecSource): Promise<SearchSpec> {
  const { spec, violations } = await readSpec(bus, source);
  raise(violations);
  return known(spec);
}

/** The spec that was given, or that of the search; or what is wrong. Raises NOT_FOUND for the search. */
async function readSpec(
  bus: Bus,
  { spec, search }: SpecSource,
): Promise<{ readonly spec?: SearchSpec; readonly violations: readonly Violation[] }> {
  try {
    const written = fromStruct(spec);
    const isGiven = Object.keys(written).length > 0;
    if (isGiven === (search !== '')) {
      const description = isGiven ? 'give a spec or a search, not both' : 'give a spec or a search';
      return { violations: [{ field: 'search', description }] };
    }
    return { spec: isGiven ? parseSpec(written) : await specOfSearch(bus, searchId(search)), violations: [] };
  } catch (error) {
    if (error instanceof NseError && error.code === 'INVALID_ARGUMENT')
      return { violations: error.violations };
    throw error;
  }
}

function known(spec: SearchSpec | undefined): SearchSpec {
  if (spec === undefined) throw new NseError('INTERNAL', 'a spec was neither read nor refused');
  return spec;
}

/** The codes in canonical form, and what is wrong with them. */
export function readCodes(
  codes: readonly string[],
  spec: Pick<SearchSpec, 'network' | 'pool'>,
): { readonly codes: readonly string[]; readonly violations: readonly Violation[] } {
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);
  const violations: Violation[] = [...wrongCount(codes)];
  if (violations.length > 0) return { codes: [], violations };
  const canonical = codes.map((code, index) => {
    try {
      return encodeArchitecture(decodeArchitecture(code, network, pool));
    } catch (error) {
      const wrong = NseError.from(error).violations;
      const description = wrong.map(({ field, description: what }) =>
        `${field.replace(/^code\.?/, '')} ${what}`.trim(),
      );
      violations.push({ field: `codes[${index}]`, description: description.join('; ') });
      return '';
    }
  });
  if (violations.length <= MOST_NAMED) return { codes: canonical, violations };
  const more = { field: 'codes', description: `${violations.length - MOST_NAMED} more are wrong` };
  return { codes: canonical, violations: [...violations.slice(0, MOST_NAMED), more] };
}

const wrongCount = ({ length }: readonly string[]): Violation[] =>
  length >= 1 && length <= MAX_CODES
    ? []
    : [{ field: 'codes', description: `got ${length}; needs 1 to ${MAX_CODES}` }];

function wrongDevice(device: string): Violation[] {
  if (/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(device)) return [];
  const rule = 'lower-case letters, digits and inner hyphens, at most 40 characters';
  return [{ field: 'device', description: `"${device}" cannot be the id of a device: ${rule}` }];
}

/** Raises NOT_FOUND with the devices that there are. */
async function requireDevice(registry: DeviceRegistry, device: string): Promise<void> {
  if ((await registry.find(device)) !== undefined) return;
  const message = `there is no device "${device}": ${await registry.attachedText()}`;
  throw new NseError('NOT_FOUND', message, { field: 'device' });
}

function raise(violations: readonly Violation[]): void {
  if (violations.length > 0) throw NseError.invalid(violations);
}
