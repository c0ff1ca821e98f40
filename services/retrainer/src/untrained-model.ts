import { type Model, randomWeights } from '@nse/export';
import type { Bus } from '@nse/messaging';
import { fromStruct, type messages } from '@nse/rpc';
import { specOfSearch } from '@nse/service';
import { decodeArchitecture, networkAt, NseError } from '@nse/space';
import { parseSpec, poolOf, retrainedPool, type SearchSpec } from '@nse/spec';
import { describeModel, factsOf } from './model.js';

/**
 * An architecture with fresh weights. Raises INVALID_ARGUMENT with every wrong cell or field, NOT_FOUND for the search.
 */
export async function untrainedModel(
  bus: Bus,
  { search, spec: written, code, seed, widthScale }: messages.ExportArchitectureRequest__Output,
): Promise<Model> {
  const spec = await requestedSpec(bus, search, fromStruct(written));
  const network = networkAt(spec.network, widthScale);
  const pool = poolOf(spec);
  const architecture = decodeArchitecture(code, network, pool);
  const described = { ...(search === '' ? {} : { search }), spec, network, pool, architecture };
  const { activation } = spec.retrain;
  const input = { network, pool: retrainedPool(pool, spec.retrain), architecture, activation };
  return {
    input,
    facts: factsOf(described),
    weights: randomWeights({ ...input, seed: seed ?? spec.seed }),
    description: Buffer.from(JSON.stringify(describeModel(described), undefined, 2)),
  };
}

async function requestedSpec(
  bus: Bus,
  search: string,
  written: Record<string, unknown>,
): Promise<SearchSpec> {
  const isWritten = Object.keys(written).length > 0;
  if (search !== '' && isWritten) {
    throw new NseError('INVALID_ARGUMENT', 'give a search or a spec, not both', { field: 'spec' });
  }
  return isWritten ? parseSpec(written) : await specOfSearch(bus, search);
}
