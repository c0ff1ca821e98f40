import {
  type Cost,
  type CostLimit,
  latencyCost,
  type MacroNetwork,
  macsCost,
  parseLatencyTable,
  type Pool,
} from '@nse/space';
import { macsLimitOf } from './budget.js';
import { retrainedPool } from './retrained.js';
import { type SearchSpec } from './spec.js';

/**
 * What architectures cost by a latency table. One of operations prices them as they are retrained, with the squeeze-excitation and
 * activation of the spec: so they were measured. Tables of layers know neither.
 * Raises INVALID_ARGUMENT for what is no table, and where it lacks something.
 */
export function tableCost(
  { retrain }: Pick<SearchSpec, 'retrain'>,
  network: MacroNetwork,
  pool: Pool,
  content: unknown,
): Cost {
  const table = parseLatencyTable(content);
  return latencyCost(network, table.kind === 'operations' ? retrainedPool(pool, retrain) : pool, table);
}

/** What architectures are held to beside the band: MACs beside a latency budget, or nothing. */
export function macsLimits(
  { constraint }: Pick<SearchSpec, 'constraint'>,
  network: MacroNetwork,
  pool: Pool,
): CostLimit[] {
  const limit = macsLimitOf(constraint);
  return limit === undefined ? [] : [{ cost: macsCost(network, pool), below: limit.target + limit.drift }];
}
