import { type Bus, type EvaluationRequested, searchId, type SupernetTrained } from '@nse/messaging';
import type { messages } from '@nse/rpc';
import { requestId, specOfSearch } from '@nse/service';
import {
  type Architecture,
  decodeArchitecture,
  encodeArchitecture,
  type MacroNetwork,
  macroNetwork,
  NseError,
  type Pool,
  type Violation,
} from '@nse/space';
import { parseSpec, poolOf } from '@nse/spec';

const MAX_CODES = 1_000;

/** A failed call's details travel in headers, which are limited: of more wrong codes the rest is counted. */
const MOST_NAMED = 100;

/**
 * What a client wants scored, with the supernet that scores it. Raises INVALID_ARGUMENT with every wrong code, NOT_FOUND for the
 * search, FAILED_PRECONDITION for a round that is not trained.
 */
export async function requestedEvaluation(
  bus: Bus,
  { search, round, codes }: messages.EvaluateArchitecturesRequest__Output,
): Promise<EvaluationRequested> {
  checkShape(search, round, codes);
  await specOfSearch(bus, search);
  const trained = await trainedRound(bus, search, round);
  const { spec, weights, subsets } = trained;
  const canonical = canonicalCodes(codes, trained);
  // The weights stand for search and round, and tell them from those of a deleted search that had the same name.
  const request = requestId([search, trained.round, weights.sha256, canonical]);
  return { search, request, round: trained.round, codes: canonical, spec, weights, subsets };
}

function checkShape(search: string, round: number, codes: readonly string[]): void {
  searchId(search);
  const violations: Violation[] = [];
  if (round < 0) violations.push({ field: 'round', description: `got ${round}; needs 0 or more` });
  if (codes.length < 1 || codes.length > MAX_CODES) {
    violations.push({ field: 'codes', description: `got ${codes.length}; needs 1 to ${MAX_CODES}` });
  }
  if (violations.length > 0) throw NseError.invalid(violations);
}

/** The supernet of the round, for 0 that of the last trained one. */
async function trainedRound(bus: Bus, search: string, round: number): Promise<SupernetTrained> {
  let last: SupernetTrained | undefined;
  for await (const { data } of bus.replay({ search, types: ['supernet.trained'], follow: false })) {
    if (data.round === round) return data;
    if (last === undefined || data.round > last.round) last = data;
  }
  if (round === 0 && last !== undefined) return last;
  const what = round === 0 ? 'no round is trained yet' : `round ${round} is not trained yet`;
  const message = `${what} in search "${search}"`;
  throw new NseError('FAILED_PRECONDITION', message, { field: 'round' });
}

/** The codes in their canonical form. Raises INVALID_ARGUMENT with each one that the supernet cannot score. */
function canonicalCodes(
  codes: readonly string[],
  { spec, subsets, round }: Pick<SupernetTrained, 'spec' | 'subsets' | 'round'>,
): string[] {
  const parsed = parseSpec(spec);
  const network = macroNetwork(parsed.network);
  const pool = poolOf(parsed);
  const read = codes.map((code) => readCode(code, network, pool, subsets, round));
  const wrong = read.flatMap((found, index) =>
    typeof found === 'string' ? [{ field: `codes[${index}]`, description: found }] : [],
  );
  if (wrong.length > MOST_NAMED) {
    const more = { field: 'codes', description: `${wrong.length - MOST_NAMED} more are wrong` };
    throw NseError.invalid([...wrong.slice(0, MOST_NAMED), more]);
  }
  if (wrong.length > 0) throw NseError.invalid(wrong);
  return read.map((found) => (typeof found === 'string' ? found : encodeArchitecture(found)));
}

/** The architecture, or what is wrong with it. */
function readCode(
  code: string,
  network: MacroNetwork,
  pool: Pool,
  subsets: EvaluationRequested['subsets'],
  round: number,
): Architecture | string {
  let architecture: Architecture;
  try {
    architecture = decodeArchitecture(code, network, pool);
  } catch (error) {
    return NseError.from(error).violations.map(described).join('; ');
  }
  const missing = architecture.flatMap((operations, cell) => {
    const outside = operations.filter((operation) => !(subsets[cell] ?? []).includes(operation));
    return outside.length === 0 ? [] : [`cells[${cell}] uses ${outside.join(', ')}`];
  });
  if (missing.length === 0) return architecture;
  return `the supernet of round ${round} does not hold it: ${missing.join('; ')}`;
}

const described = ({ field, description }: Violation) =>
  field === 'code' ? description : `${field.replace(/^code\./, '')} ${description}`;
