import type { Bus } from '@nse/messaging';
import { costOfSearch } from '@nse/service';
import {
  type Cost,
  likeBand,
  macroNetwork,
  macsCost,
  NseError,
  randomArchitectureOfCost,
  randomFrom,
} from '@nse/space';
import { branchesOf, poolOf, type SearchSpec, settled, targetViolations } from '@nse/spec';

/** A spec whose budget is known and can be met, and what architectures cost by it. */
export interface Priced {
  readonly spec: SearchSpec;
  readonly cost: Cost;
}

/** Whether the search waits for a table of its device before its first round. */
export function needsTable({ constraint: { latency } }: Pick<SearchSpec, 'constraint'>): boolean {
  return latency !== undefined && latency.table === undefined;
}

/**
 * The spec with what follows from its latency table, its own or the one that came for it. A constraint that cannot be priced or met
 * must fail here, not in the middle of a search.
 * Raises FAILED_PRECONDITION where the table is missing, INVALID_ARGUMENT where it lacks something or a target is out of reach.
 */
export async function priced(bus: Bus, asked: SearchSpec, table?: string): Promise<Priced> {
  const spec = withTable(asked, table);
  const cost = await costOfSearch(bus, spec, macroNetwork(spec.network), poolOf(spec));
  const found = withTarget(spec, cost);
  const violations = targetViolations(found, cost);
  if (violations.length > 0) throw NseError.invalid(violations);
  return { spec: found, cost };
}

function withTable(spec: SearchSpec, table: string | undefined): SearchSpec {
  const { latency } = spec.constraint;
  if (latency === undefined || table === undefined) return spec;
  return { ...spec, constraint: { ...spec.constraint, latency: { table, ...latency } } };
}

function withTarget(spec: SearchSpec, cost: Cost): SearchSpec {
  const { table, targetMs, likeMacs } = spec.constraint.latency ?? {};
  if (table === undefined) return spec;
  return settled(spec, { table, targetMs: targetMs ?? medianLike(spec, cost, likeMacs ?? 0) });
}

/** Architectures whose median is the target of a spec that says `likeMacs`. */
const DRAWN = 99;

/**
 * The median cost, to four digits, of random architectures around so many MACs, drawn like those that results are compared with. The
 * seed of the search has no part in it: searches that differ by seed alone have one target.
 */
function medianLike(spec: SearchSpec, cost: Cost, macs: number): number {
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);
  const band = likeBand(macs);
  const options = {
    cells: network.cells,
    poolSize: pool.operations.length,
    subsetSize: spec.subsetSize,
    method: branchesOf(spec.method),
    cost: macsCost(network, pool),
  };
  const costs = Array.from({ length: DRAWN }, (_, index) =>
    cost.total(
      randomArchitectureOfCost(band, { ...options, random: randomFrom(0, 'like', index) }).architecture,
    ),
  ).sort((a, b) => a - b);
  return Number((costs[(DRAWN - 1) / 2] ?? 0).toPrecision(4));
}
