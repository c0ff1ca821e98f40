import {
  type Cost,
  type MacroNetwork,
  macsCost,
  NseError,
  type Pool,
  randomArchitectureOfCost,
  randomFrom,
  targetBand,
} from '@nse/space';
import { branchesOf, macsLimits, type SearchSpec } from '@nse/spec';
import type { Candidate } from './state.js';

/** Half widths of the band around the chosen cost, tried in turn: a rare cost may have no other architecture close by. */
const TOLERANCES = [0.01, 0.02, 0.05, 0.1];

/**
 * A random architecture of the same pool and network and, within 1 % where there is one, of the same cost: what the search is
 * compared with. It keeps to the limit of MACs where there is one. Nothing where no architecture is within 10 %.
 */
export function randomOfSameCost(
  spec: SearchSpec,
  pool: Pool,
  { network, cost }: { readonly network: MacroNetwork; readonly cost: Cost },
  target: number,
): Candidate | null {
  const macs = macsCost(network, pool);
  const limits = macsLimits(spec, network, pool);
  for (const tolerance of TOLERANCES) {
    try {
      const { architecture, ...found } = randomArchitectureOfCost(targetBand(target, tolerance * target), {
        cells: network.cells,
        poolSize: pool.operations.length,
        subsetSize: spec.subsetSize,
        method: branchesOf(spec.method),
        cost,
        limits,
        random: randomFrom(spec.seed, 'random', tolerance),
      });
      return { ...found, macs: macs.total(architecture) };
    } catch (error) {
      if (NseError.from(error).reason !== 'BudgetUnreachable') throw error;
    }
  }
  return null;
}

/** Whether it may stand beside an architecture of that cost, as the widest band says. */
export function isOfSameCost({ cost }: Candidate, target: number): boolean {
  return Math.abs(cost - target) <= Math.max(...TOLERANCES) * target;
}
