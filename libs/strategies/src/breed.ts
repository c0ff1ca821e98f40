import type { Architecture, Random } from '@nse/space';

import type { CellOptions } from './options.js';

/** Each cell from the one parent or the other, with chance 1/2. */
export function crossed(mother: Architecture, father: Architecture, random: Random): Architecture {
  return mother.map((own, cell) => (random.next() < 0.5 ? own : (father[cell] ?? own)));
}

/** Each cell, with that chance, drawn anew from its options: the same one may come out. */
export function mutated(
  parent: Architecture,
  options: readonly CellOptions[],
  chance: number,
  random: Random,
): Architecture {
  return parent.map((own, cell) => {
    if (random.next() >= chance) return own;
    const cellOptions = options[cell] ?? [];
    return cellOptions[random.below(cellOptions.length)] ?? own;
  });
}
