import { randomFrom } from '@nse/space';
import { optionsOf, softmax } from '@nse/strategies';
import {
  Gradients,
  initialiseWeights,
  type Labelled,
  placesOf,
  sgdFor,
  supernetOf,
  Weights,
  withBatch,
} from '@nse/supernet';
import { loadBackend, type Sgd, share } from '@nse/tensor';

import { throughSoftmax } from './alphas.js';
import { type MixedNetwork, readMixed } from './mixed-network.js';
import { few, input, network, pool, stripes } from './stripes.fixture.js';
import { type LookAhead, unrolledSlopes } from './unrolled.js';

const RATE = 0.2;
/** Small changes show nothing where ReLUs switch on and off; with Swish the objective is smooth. */
const smooth = {
  name: 'smooth',
  operations: pool.operations.map((operation) => ({ ...operation, activation: 'swish' as const })),
};
const options = optionsOf(network.cells, few);
const random = randomFrom(5, 'alphas');
const alphas = options.map((own) => own.map(() => 2 * random.next() - 1));
const chances = (rows: readonly (readonly number[])[]) => rows.map((row) => softmax(row));

let mixed: MixedNetwork;
let sgd: Sgd;

beforeAll(async () => {
  await loadBackend({ threads: 1 });
  const supernet = supernetOf(network, smooth, 'swish');
  const weights = new Weights();
  initialiseWeights(weights, placesOf(supernet, few), randomFrom(2, 'weights'));
  mixed = { supernet, weights, options };
  sgd = sgdFor(input.train);
  // A few steps, so that there are velocities, and gradients that are not those of a beginning.
  for (let step = 0; step < 3; step++) withBoth(step, ({ train }) => moveOn(train, 0.05));
});

afterAll(() => {
  mixed.weights.dispose();
  sgd.dispose();
});

function withBoth<T>(step: number, use: (batches: { train: Labelled; heldOut: Labelled }) => T): T {
  return withBatch(stripes(16, 8, step), network, (train) =>
    withBatch(stripes(16, 9, step), network, (heldOut) => use({ train, heldOut })),
  );
}

function moveOn(batch: Labelled, rate: number, optimiser = sgd, rows = alphas): void {
  const gradients = new Gradients();
  readMixed(mixed, chances(rows), batch, gradients);
  optimiser.step(mixed.weights, gradients.entries(), rate);
  gradients.dispose();
}

/** The optimiser as it will take its next step. */
function copyOf(optimiser: Sgd): Sgd {
  const copy = sgdFor(input.train);
  copy.restore(optimiser.state());
  return copy;
}

function lookingAhead<T>(use: (ahead: LookAhead) => T): T {
  const copy = copyOf(sgd);
  const result = use({ rate: RATE, momentum: input.train.momentum, sgd: copy });
  copy.dispose();
  return result;
}

/** DARTS' objective itself: the held-out loss after a step of the weights on the training loss, both with these alphas. */
function objective(rows: number[][], { train, heldOut }: { train: Labelled; heldOut: Labelled }): number {
  const { weights, supernet } = mixed;
  const names = placesOf(supernet, few).map(({ name }) => name);
  const before = names.map((name) => [name, share(weights.get(name))] as const);
  const copy = copyOf(sgd);
  moveOn(train, RATE, copy, rows);
  copy.dispose();
  const { loss } = readMixed(mixed, chances(rows), heldOut);
  for (const [name, weight] of before) weights.set(name, weight);
  return loss;
}

const WIDTH = 0.05;

function numericGradient(batches: { train: Labelled; heldOut: Labelled }): number[][] {
  return alphas.map((row, cell) =>
    row.map((_, option) => {
      const moved = (by: number) =>
        alphas.map((own, index) =>
          own.map((alpha, place) => (index === cell && place === option ? alpha + by : alpha)),
        );
      return (objective(moved(WIDTH), batches) - objective(moved(-WIDTH), batches)) / (2 * WIDTH);
    }),
  );
}

function gradientIn(slopes: readonly (readonly number[])[]): number[][] {
  return chances(alphas).map((row, cell) => throughSoftmax(row, slopes[cell]!));
}

/** The length of the difference as a part of the length of the second. */
function distance(found: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): number {
  const length = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
  const flat = wanted.flat();
  return length(found.flat().map((value, index) => value - flat[index]!)) / length(flat);
}

test('is the gradient of the bilevel objective, as small changes of the alphas show it', () => {
  withBoth(7, (batches) => {
    const numeric = numericGradient(batches);
    const { slopes, loss } = lookingAhead((ahead) => unrolledSlopes(mixed, chances(alphas), batches, ahead));
    expect(loss).toBeCloseTo(objective(alphas, batches), 5);
    expect(distance(gradientIn(slopes), numeric)).toBeLessThan(0.05);
    // What it would be without the second order, or without the look ahead, is far off: the comparison can fail.
    const first = readMixed(mixed, chances(alphas), batches.heldOut);
    expect(distance(gradientIn(first.slopes), numeric)).toBeGreaterThan(0.3);
    const withoutMomentum = lookingAhead((ahead) =>
      unrolledSlopes(mixed, chances(alphas), batches, { ...ahead, momentum: 0 }),
    );
    expect(distance(gradientIn(withoutMomentum.slopes), numeric)).toBeGreaterThan(0.1);
  });
});

test('leaves weights, running statistics and the optimiser as they were', () => {
  const names = placesOf(mixed.supernet, few).map(({ name }) => name);
  const numbers = () => names.map((name) => mixed.weights.numbers(name));
  const before = numbers();
  const velocities = sgd.state();
  withBoth(7, (batches) => lookingAhead((ahead) => unrolledSlopes(mixed, chances(alphas), batches, ahead)));
  expect(numbers()).toEqual(before);
  expect(sgd.state()).toEqual(velocities);
});

test('the first order is the gradient of the held-out loss', () => {
  withBoth(7, ({ heldOut }) => {
    const lossAt = (cell: number, option: number, by: number) => {
      const moved = alphas.map((row, index) =>
        row.map((alpha, place) => (index === cell && place === option ? alpha + by : alpha)),
      );
      return readMixed(mixed, chances(moved), heldOut).loss;
    };
    const numeric = alphas.map((row, cell) =>
      row.map((_, option) => (lossAt(cell, option, WIDTH) - lossAt(cell, option, -WIDTH)) / (2 * WIDTH)),
    );
    const { slopes } = readMixed(mixed, chances(alphas), heldOut);
    expect(distance(gradientIn(slopes), numeric)).toBeLessThan(0.02);
  });
});
