import { type MacroNetwork, macroNetwork, type Pool, poolNamed } from '@nse/space';
import { retrainedPool, type SearchSpec } from '@nse/spec';
import type { MeasuredNetworks, TableTrial } from './job.js';

/** Half of them correct a table, the other half judge it. */
const TRIAL_ARCHITECTURES = 50;
const TRIAL_SEED = 1;

/** Of a spec what decides how long its networks take. */
export function networksOf({ network, pool, retrain }: SearchSpec): MeasuredNetworks {
  const { squeezeExcitation, activation } = retrain;
  return { network, pool, retrain: { squeezeExcitation, activation } };
}

/** The architectures by which a table for the spec's searches is corrected and judged. */
export const trialOf = ({ subsetSize, method }: SearchSpec): TableTrial => ({
  ...{ architectures: TRIAL_ARCHITECTURES, seed: TRIAL_SEED, subsetSize, method },
});

/** The network, and the pool with operations as they are retrained and deployed. */
export function built({ network, pool, retrain }: MeasuredNetworks): {
  readonly network: MacroNetwork;
  readonly pool: Pool;
} {
  return { network: macroNetwork(network), pool: retrainedPool(poolNamed(pool), retrain) };
}
