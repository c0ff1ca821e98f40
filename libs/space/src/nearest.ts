import { type CostBand, distanceToBand } from './band.js';
import type { Choice } from './choice.js';
import type { Cost } from './cost.js';
import { guideTo } from './guide.js';
import { propose } from './proposal.js';
import type { Random } from './random.js';

const TRIES_A_WIDTH = 200;
/** The first band is that part of the whole range to either side; every further one is twice as wide. */
const NARROWEST = 1 / 2048;

/**
 * The cost closest to a band that nothing was found in: of the cheapest or the dearest architecture where the
 * band lies beyond it, else among draws from ever wider bands around it.
 */
export function nearestCost(band: CostBand, choices: readonly Choice[], cost: Cost, random: Random): number {
  const costs = choices.map((choice, cell) => extremeSets(choice).map((set) => cost.of(cell, set)));
  const cheapest = costs.reduce((sum, own) => sum + Math.min(...own), cost.fixed);
  const dearest = costs.reduce((sum, own) => sum + Math.max(...own), cost.fixed);
  if (band.below <= cheapest) return cheapest;
  if (band.above >= dearest) return dearest;
  const middle = (band.above + band.below) / 2;
  const range = dearest - cheapest;
  let nearest = cheapest;
  for (let half = range * NARROWEST; half <= range && nearest === cheapest; half *= 2) {
    const wider = { above: middle - half, below: middle + half, belowIncluded: true };
    for (const sample of propose(guideTo(wider, choices, cost), cost, TRIES_A_WIDTH, random)) {
      if (distanceToBand(band, sample.cost) < distanceToBand(band, nearest)) nearest = sample.cost;
    }
  }
  return nearest;
}

/**
 * Sets of a cell among which are the cheapest and the dearest, since operations only ever add to the cost.
 */
function extremeSets(choice: Choice): (readonly number[])[] {
  if (choice.kind === 'one') {
    return choice.weights.flatMap((weight, place) =>
      weight > 0 ? [choice.operations.slice(place, place + 1)] : [],
    );
  }
  const single = choice.operations.map((operation) => [operation]);
  return [...single, choice.operations, ...(choice.mayBeEmpty ? [[]] : [])];
}
