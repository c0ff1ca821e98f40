import {
  type Cost,
  macroNetwork,
  macsCost,
  type MacroNetwork,
  NseError,
  type Pool,
  type Violation,
} from '@nse/space';
import { branchesOf } from './methods.js';
import { poolOf } from './pool-of.js';
import { type Constraint, type SearchSpec } from './spec.js';

/** Cost of the cheapest and of the dearest architecture that a search can reach. */
export interface CostRange {
  readonly min: number;
  readonly max: number;
}

/**
 * The bracket of costs: each cell with its cheapest choice (an identity cell empty), and with the `most` dearest
 * operations that an architecture can have there: those of a subset, or one where a method is single-branch.
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
 * What is wrong with the targets of a spec, given how its network costs; nothing if every band can be reached. Beside a latency
 * budget MACs count from above only. For a latency budget the caller looks up the table and passes its cost.
 */
export function targetViolations(spec: SearchSpec, cost?: Cost): Violation[] {
  const pool = poolOf(spec);
  const most = branchesOf(spec.method) === 'nse-single' ? 1 : spec.subsetSize;
  try {
    const network = macroNetwork(spec.network);
    const macs = costRange(network, pool, macsCost(network, pool), most);
    const found = macsViolations(spec.constraint, macs);
    if (cost?.unit !== 'ms' || spec.constraint.latency === undefined) return found;
    return [...found, ...latencyViolations(spec.constraint, costRange(network, pool, cost, most))];
  } catch (error) {
    // The network cannot be built, for example because grouped convolutions do not divide its widths.
    const { violations, message } = NseError.from(error);
    return violations.length > 0 ? [...violations] : [{ field: 'network', description: message }];
  }
}

function macsViolations({ macs, latency }: Constraint, range: CostRange): Violation[] {
  const { min, max } = range;
  const out = (field: string, got: number): Violation[] => {
    const description = `got ${got}; architectures of this network cost from ${min} to ${max} macs`;
    return [{ field: `constraint.${field}`, description }];
  };
  const { likeMacs } = latency ?? {};
  const like =
    likeMacs === undefined || (likeMacs > min && likeMacs < max) ? [] : out('latency.likeMacs', likeMacs);
  if (macs === undefined) return like;
  const reached = macs.target + macs.drift > min && (latency !== undefined || macs.target - macs.drift < max);
  return [...like, ...(reached ? [] : out('macs.target', macs.target))];
}

function latencyViolations({ latency }: Constraint, { min, max }: CostRange): Violation[] {
  const { targetMs, driftMs = 0 } = latency ?? {};
  if (targetMs === undefined || (targetMs + driftMs > min && targetMs - driftMs < max)) return [];
  const range = `from ${min.toPrecision(4)} to ${max.toPrecision(4)} ms`;
  const description = `got ${targetMs}; architectures of this network cost ${range} by the table`;
  return [{ field: 'constraint.latency.targetMs', description }];
}

/** A subset cannot hold more operations than the pool has. */
export function poolSizeViolations(spec: SearchSpec): Violation[] {
  const { subsetSize } = spec;
  const { name, operations } = poolOf(spec);
  if (subsetSize <= operations.length) return [];
  const description = `got ${subsetSize}; pool ${name} has ${operations.length} operations`;
  return [{ field: 'subsetSize', description }];
}
