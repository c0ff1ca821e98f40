import { likeBand, type MacroNetwork, macroNetwork, type Pool, targetBand } from '@nse/space';
import { branchesOf, poolChoiceOf, poolOf, retrainedPool, type SearchSpec } from '@nse/spec';
import type { MeasuredNetworks, TableTrial } from './job.js';

/** Half of them correct a table, the other half judge it. Of fewer, a single one more or less that is far off says much of the judgement. */
const TRIAL_ARCHITECTURES = 100;
const TRIAL_SEED = 1;

/** Of a spec what decides how long its networks take. */
export function networksOf(spec: SearchSpec): MeasuredNetworks {
  const { network, retrain } = spec;
  const { squeezeExcitation, activation } = retrain;
  return { network, ...poolChoiceOf(spec), retrain: { squeezeExcitation, activation } };
}

/** The architectures by which a table for the spec's searches is corrected and judged. */
export function trialOf({ subsetSize, method, constraint }: SearchSpec): TableTrial {
  return {
    ...{ architectures: TRIAL_ARCHITECTURES, seed: TRIAL_SEED, subsetSize, method: branchesOf(method) },
    ...bandOf(constraint),
  };
}

/** Where the search will look. Of a target that is said in MACs nobody knows the milliseconds before the table is there. */
function bandOf({ latency }: SearchSpec['constraint']): Pick<TableTrial, 'band' | 'macsBand'> {
  const { targetMs, driftMs, likeMacs } = latency ?? {};
  if (targetMs !== undefined && driftMs !== undefined) return { band: targetBand(targetMs, driftMs) };
  return likeMacs === undefined ? {} : { macsBand: likeBand(likeMacs) };
}

/** The network, and the pool with operations as they are retrained and deployed. */
export function built({ network, retrain, ...choice }: MeasuredNetworks): {
  readonly network: MacroNetwork;
  readonly pool: Pool;
} {
  return { network: macroNetwork(network), pool: retrainedPool(poolOf(choice), retrain) };
}
