import {
  macroNetwork,
  macsCost,
  NseError,
  randomFrom,
  sampleWithin,
  singleChoices,
  targetBand,
} from '@nse/space';
import { budgetOf, poolOf, type SearchSpec } from '@nse/spec';

/** Architectures of one operation a cell that a pool holds within the budget at least: a search of fewer is none. */
const ENOUGH = 10;

/** Whether a run has something to search: a small pool may hold next to nothing within the budget. Latencies are not known here. */
export function isRich(spec: SearchSpec): boolean {
  if (spec.constraint.latency !== undefined) return true;
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);
  const { target, drift } = budgetOf(spec.constraint);
  const whole = network.cells.map(() => pool.operations.map((_, place) => place));
  try {
    const found = sampleWithin(targetBand(target, drift), {
      choices: singleChoices(network.cells, whole),
      cost: macsCost(network, pool),
      number: ENOUGH,
      random: randomFrom(spec.seed, 'study-reach'),
    });
    return found.length >= ENOUGH;
  } catch (error) {
    if (NseError.from(error).reason !== 'BudgetUnreachable') throw error;
    return false;
  }
}
