import type { Architecture } from './architecture.js';
import type { CostBand } from './band.js';
import { type Method } from './choice.js';
import { encodeArchitecture } from './code.js';
import type { Cost } from './cost.js';
import { NseError } from './error.js';
import type { MacroNetwork } from './network.js';
import type { Pool } from './operation.js';
import { randomArchitectureOfCost } from './random-architecture.js';
import { randomFrom } from './random.js';
import { drawPath } from './sample.js';
import { firstSpace } from './space.js';

export interface TrustDraw {
  readonly network: MacroNetwork;
  readonly pool: Pool;
  /** K, as in the search. */
  readonly subsetSize: number;
  readonly method: Method;
  readonly seed: number;
  /** How many distinct architectures to draw. */
  readonly number: number;
  /** Those that were drawn before: none of them comes again. */
  readonly before?: readonly Architecture[];
  /** Draws architectures whose cost lies in the band. */
  readonly within?: { readonly band: CostBand; readonly cost: Cost };
}

const MOST_TRIES = 20;

/**
 * Random architectures to judge a table by, drawn as those of a search are: per cell a random subset of K operations of the
 * pool, each on with chance 1/2. Fewer where so many cannot be found, as in a small space, and none where the band cannot be reached.
 */
export function trustArchitectures(draw: TrustDraw): readonly Architecture[] {
  const taken = new Set((draw.before ?? []).map((architecture) => encodeArchitecture(architecture)));
  const found: Architecture[] = [];
  for (let place = 0; place < draw.number; place++) {
    for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
      const architecture = drawOne(draw, place, attempt);
      if (architecture === undefined) return found;
      const code = encodeArchitecture(architecture);
      if (taken.has(code)) continue;
      taken.add(code);
      found.push(architecture);
      break;
    }
  }
  return found;
}

function drawOne(draw: TrustDraw, place: number, attempt: number): Architecture | undefined {
  const { network, pool, subsetSize, method, seed, within } = draw;
  const { cells } = network;
  const poolSize = pool.operations.length;
  const random = randomFrom(seed, within === undefined ? 'trust' : 'trust-within', place, attempt);
  if (within === undefined) {
    return drawPath(cells, firstSpace(cells.length, poolSize, subsetSize, random).subsets, method, random);
  }
  try {
    const { band, cost } = within;
    const options = { cells, poolSize, subsetSize, method, cost, random };
    return randomArchitectureOfCost(band, options).architecture;
  } catch (error) {
    if (error instanceof NseError && error.reason === 'BudgetUnreachable') return undefined;
    throw error;
  }
}
