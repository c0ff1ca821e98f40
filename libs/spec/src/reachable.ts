import {
  type Cost,
  macroNetwork,
  macsCost,
  type MacroNetwork,
  NseError,
  type Pool,
  poolNamed,
  type Violation,
} from '@nse/space';
import { budgetOf, type SearchSpec } from './spec.js';

/** Cost of the cheapest and of the dearest architecture that a search can reach. */
export interface CostRange {
  readonly min: number;
  readonly max: number;
}

/**
 * The bracket of costs: each cell with its cheapest choice (an identity cell empty), and with the `most` dearest
 * operations that a subset can hold, or one with `nse-single`.
 */
export function costRange(network: MacroNetwork, pool: Pool, cost: Cost, most: number): CostRange {
  let { fixed: min, fixed: max } = cost;
  for (const { index, identity } of network.cells) {
    const byCost = pool.operations.map((_, operation) => operation);
    byCost.sort((a, b) => cost.of(index, [a]) - cost.of(index, [b]));
    min += identity ? cost.of(index, []) : cost.of(index, byCost.slice(0, 1));
    max += cost.of(index, byCost.slice(-most));
  }
  return { min, max };
}

/**
 * What is wrong with the target of a spec, given how its network costs; nothing if the band can be reached.
 * For a latency budget the caller looks up the table and passes its cost.
 */
export function targetViolations(spec: SearchSpec, cost?: Cost): Violation[] {
  const { unit, target, drift } = budgetOf(spec.constraint);
  if (unit === 'ms' && cost === undefined) return [];
  const pool = poolNamed(spec.pool);
  const most = spec.method === 'nse-single' ? 1 : spec.subsetSize;
  try {
    const network = macroNetwork(spec.network);
    const { min, max } = costRange(network, pool, cost ?? macsCost(network, pool), most);
    if (target + drift > min && target - drift < max) return [];
    const field = unit === 'macs' ? 'constraint.macs.target' : 'constraint.latency.targetMs';
    const description = `got ${target}; architectures of this network cost from ${min} to ${max} ${unit}`;
    return [{ field, description }];
  } catch (error) {
    // The network cannot be built, for example because grouped convolutions do not divide its widths.
    const { violations, message } = NseError.from(error);
    return violations.length > 0 ? [...violations] : [{ field: 'network', description: message }];
  }
}

/** A subset cannot hold more operations than the pool has. */
export function poolSizeViolations({ pool, subsetSize }: SearchSpec): Violation[] {
  const { length } = poolNamed(pool).operations;
  if (subsetSize <= length) return [];
  return [{ field: 'subsetSize', description: `got ${subsetSize}; pool ${pool} has ${length} operations` }];
}
