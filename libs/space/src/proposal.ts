import type { Architecture } from './architecture.js';
import { encodeArchitecture } from './code.js';
import type { Cost } from './cost.js';
import type { Guide } from './guide.js';
import type { Random } from './random.js';

/** An architecture with its code and cost. */
export interface Sample {
  readonly architecture: Architecture;
  readonly code: string;
  readonly cost: number;
}

/** So many draws of the guide, priced; none where it leads nowhere. */
export function* propose(guide: Guide, cost: Cost, tries: number, random: Random): Generator<Sample> {
  for (let drawn = 0; drawn < tries; drawn++) {
    const architecture = guide.draw(random);
    if (architecture === undefined) return;
    yield { architecture, code: encodeArchitecture(architecture), cost: cost.total(architecture) };
  }
}
