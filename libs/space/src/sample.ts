import type { Architecture, CellSets } from './architecture.js';
import {
  type Choice,
  type Emptiable,
  type Fitness,
  fitnessChoices,
  hasChoice,
  type Method,
  pathChoices,
} from './choice.js';
import type { Random } from './random.js';

/**
 * Two different branch sets of one cell for a fitness step. Without a choice both are the only set there is.
 */
export interface BranchPair {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly choice: boolean;
}

type Several = Extract<Choice, { kind: 'several' }>;
/** Per operation of a choice, whether it is on. */
type Switches = readonly boolean[];

/**
 * A path for a weight step: chance 1/2 each, not empty where that is forbidden (algorithm page, "One round",
 * 2).
 */
export function drawPath(
  cells: readonly Emptiable[],
  subsets: CellSets,
  method: Method,
  random: Random,
): Architecture {
  return drawArchitecture(pathChoices(cells, subsets, method), random);
}

/** An architecture, each cell on its own. Operations come out ascending. */
export function drawArchitecture(choices: readonly Choice[], random: Random): Architecture {
  return choices.map((choice) => {
    if (choice.kind === 'one') return drawOne(choice.operations, choice.weights, random);
    return operationsOn(choice, drawSet(choice.chances, forbiddenSets(choice), random));
  });
}

/**
 * Per cell, sets A and B for a fitness step: A from the fitness distribution, then B from it again, but not A
 * (algorithm page, "One round", 2).
 */
export function drawPair(
  cells: readonly Emptiable[],
  subsets: CellSets,
  fitness: Fitness,
  random: Random,
): readonly BranchPair[] {
  return fitnessChoices(cells, subsets, fitness).map((choice) => {
    if (choice.kind === 'one' || !hasChoice(choice.operations.length, choice.mayBeEmpty)) {
      return { a: choice.operations, b: choice.operations, choice: false };
    }
    const a = drawSet(choice.chances, forbiddenSets(choice), random);
    const b = drawSet(choice.chances, [...forbiddenSets(choice), a], random);
    return { a: operationsOn(choice, a), b: operationsOn(choice, b), choice: true };
  });
}

/** The chance that `drawArchitecture` draws this set in a cell. */
export function chanceOf(choice: Choice, set: readonly number[]): number {
  if (choice.kind === 'several') {
    return conditionalChance(choice.chances, switchesOf(choice, set), forbiddenSets(choice));
  }
  const place = set.length === 0 ? choice.operations.length : choice.operations.indexOf(set[0] ?? -1);
  const sum = choice.weights.reduce((total, weight) => total + weight, 0);
  return set.length > 1 ? 0 : (choice.weights[place] ?? 0) / sum;
}

/** The chance that `drawPair` draws these sets as A and B in a cell that has a choice. */
export function pairChance(choice: Several, a: readonly number[], b: readonly number[]): number {
  const first = switchesOf(choice, a);
  const second = switchesOf(choice, b);
  const forbidden = forbiddenSets(choice);
  return (
    conditionalChance(choice.chances, first, forbidden) *
    conditionalChance(choice.chances, second, [...forbidden, first])
  );
}

function drawOne(operations: readonly number[], weights: readonly number[], random: Random): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let rest = random.next() * total;
  let drawn = weights.findLastIndex((weight) => weight > 0);
  for (let place = 0; place < drawn; place++) {
    rest -= weights[place] ?? 0;
    if (rest < 0) drawn = place;
  }
  const operation = operations[drawn];
  return operation === undefined ? [] : [operation];
}

/**
 * Draws independent switches on condition that they equal none of the forbidden sets, which differ from each
 * other. Switch by switch with the exact conditional chance, so it never draws again, however unlikely the
 * condition is.
 */
function drawSet(chances: readonly number[], forbidden: readonly Switches[], random: Random): Switches {
  const drawn: boolean[] = [];
  let matching = forbidden;
  chances.forEach((chance, place) => {
    const allowed = (on: boolean) => {
      const still = matching.filter((set) => set[place] === on);
      const excluded = still.reduce((sum, set) => sum + productFrom(chances, set, place + 1), 0);
      return Math.max(0, (on ? chance : 1 - chance) * (1 - excluded));
    };
    const whenOn = allowed(true);
    const on = random.next() * (whenOn + allowed(false)) < whenOn;
    drawn.push(on);
    matching = matching.filter((set) => set[place] === on);
  });
  return drawn;
}

function conditionalChance(
  chances: readonly number[],
  set: Switches,
  forbidden: readonly Switches[],
): number {
  if (forbidden.some((other) => other.every((on, place) => on === set[place]))) return 0;
  const excluded = forbidden.reduce((sum, other) => sum + productFrom(chances, other, 0), 0);
  return productFrom(chances, set, 0) / (1 - excluded);
}

/** The chance that the switches from `start` on come out as in the set. */
function productFrom(chances: readonly number[], set: Switches, start: number): number {
  let product = 1;
  for (let place = start; place < chances.length; place++) {
    const chance = chances[place] ?? 0;
    product *= set[place] === true ? chance : 1 - chance;
  }
  return product;
}

const forbiddenSets = (choice: Several): readonly Switches[] =>
  choice.mayBeEmpty ? [] : [choice.chances.map(() => false)];

const operationsOn = (choice: Several, set: Switches): number[] =>
  choice.operations.filter((_, place) => set[place] === true).sort((a, b) => a - b);

const switchesOf = (choice: Several, set: readonly number[]): Switches =>
  choice.operations.map((operation) => set.includes(operation));
