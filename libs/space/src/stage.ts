import type { Choice } from './choice.js';
import type { Cost } from './cost.js';

/** One way to settle a stage: these operations are on, with that chance, and add that cost. */
export interface Option {
  readonly operations: readonly number[];
  readonly chance: number;
  readonly cost: number;
}

/**
 * One step of drawing an architecture part by part: a cell, or some operations of a cell that has too many
 * for a list of all their sets.
 */
export interface Stage {
  readonly cell: number;
  readonly options: readonly Option[];
  /** Whether it begins, and whether it ends, its cell. */
  readonly first: boolean;
  readonly last: boolean;
  /** The cell's stages together must switch something on. Never set where one stage is the whole cell. */
  readonly needsOne: boolean;
}

/**
 * Up to so many operations are one stage with all their sets; more are cut into small parts, which is faster
 * then.
 */
const MOST_TOGETHER = 6;
const PART = 4;

/** Cuts the choices into stages. Chances of one stage are relative to each other. */
export function stagesOf(choices: readonly Choice[], cost: Cost): Stage[] {
  return choices.flatMap((choice, cell): Stage[] => {
    const whole = { cell, first: true, last: true, needsOne: false };
    if (choice.kind === 'one') return [{ ...whole, options: oneOf(choice, cell, cost) }];
    const parts = choice.operations.length <= MOST_TOGETHER ? 1 : Math.ceil(choice.operations.length / PART);
    const needsOne = !choice.mayBeEmpty;
    if (parts === 1) {
      const options = setsOf(choice, 0, 1, cell, cost).filter(
        ({ operations }) => !needsOne || operations.length > 0,
      );
      return [{ ...whole, options }];
    }
    return Array.from({ length: parts }, (_, part) => ({
      cell,
      options: setsOf(choice, part, parts, cell, cost),
      first: part === 0,
      last: part === parts - 1,
      needsOne,
    }));
  });
}

/**
 * How far the costs of a cell's stages, added up, can lie from the cost of the cell: nothing for whole cells;
 * for the others as much as with everything on, since costs are sums but for a constant a cell.
 */
export function additionError(stages: readonly Stage[], choices: readonly Choice[], cost: Cost): number {
  return choices.reduce((error, { operations }, cell) => {
    const own = stages.filter((stage) => stage.cell === cell);
    if (own.length === 1) return error;
    const largest = (options: readonly Option[]) =>
      options.reduce((a, b) => (b.operations.length > a.operations.length ? b : a)).cost;
    const added = own.reduce((sum, { options }) => sum + largest(options), 0);
    return error + Math.abs(added - cost.of(cell, operations));
  }, 0);
}

function oneOf(choice: Extract<Choice, { kind: 'one' }>, cell: number, cost: Cost): Option[] {
  return choice.weights.flatMap((chance, place) => {
    const operations = choice.operations.slice(place, place + 1);
    return chance > 0 ? [{ operations, chance, cost: cost.of(cell, operations) }] : [];
  });
}

/** Every set of every `parts`-th operation, starting from `part`. */
function setsOf(
  choice: Extract<Choice, { kind: 'several' }>,
  part: number,
  parts: number,
  cell: number,
  cost: Cost,
): Option[] {
  const places = choice.operations.map((_, place) => place).filter((place) => place % parts === part);
  return Array.from({ length: 2 ** places.length }, (_, bits) => {
    const operations: number[] = [];
    let chance = 1;
    places.forEach((place, bit) => {
      const on = (bits & (1 << bit)) !== 0;
      const own = choice.chances[place] ?? 0;
      chance *= on ? own : 1 - own;
      if (on) operations.push(choice.operations[place] ?? 0);
    });
    return { operations, chance, cost: cost.of(cell, operations) };
  });
}
