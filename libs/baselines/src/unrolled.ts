import { Gradients, type Labelled, readScalars, dot, type Weights } from '@nse/supernet';
import { add, dispose, type Sgd, share, type Tensor } from '@nse/tensor';

import { times } from './mixed.js';
import { type MixedNetwork, readMixed } from './mixed-network.js';

/** DARTS' own choice: eps = 0.01 / norm of the gradient (Liu et al., ICLR 2019, section 2.3, footnote). */
const PERTURBATION = 0.01;

/** The weight step that DARTS looks ahead by: what the weights' own optimiser would do next. */
export interface LookAhead {
  readonly rate: number;
  readonly momentum: number;
  /** An optimiser in the state of the weights' own, which this function moves on and leaves to the caller. */
  readonly sgd: Sgd;
}

export interface Batches {
  readonly train: Labelled;
  readonly heldOut: Labelled;
}

/**
 * The gradient in the probabilities, by cell and option, of DARTS' bilevel objective with one step unrolled: L_val(w', p) with
 * w' the weights after one step on L_train(w, p). Second order by the paper's finite differences:
 *
 *   d/dp L_val(w', p) - slope * (d/dp L_train(w + eps v, p) - d/dp L_train(w - eps v, p)) / (2 eps),
 *
 * with v = d/dw' L_val(w', p) and slope = -dw'/d(gradient) = rate * (1 + momentum) for SGD with Nesterov momentum; the paper's is
 * the rate, for SGD without. The weights are back to their bits afterwards.
 */
export function unrolledSlopes(
  network: MixedNetwork,
  probabilities: readonly (readonly number[])[],
  { train, heldOut }: Batches,
  { rate, momentum, sgd }: LookAhead,
): { readonly loss: number; readonly slopes: number[][] } {
  const { weights } = network;
  const ahead = new Gradients();
  readMixed(network, probabilities, train, ahead);
  const before = new Map(ahead.names().map((name) => [name, share(weights.get(name))]));
  sgd.step(weights, ahead.entries(), rate);
  ahead.dispose();

  const vector = new Gradients();
  const direct = readMixed(network, probabilities, heldOut, vector);
  const epsilon = PERTURBATION / norm(vector);
  const at = (distance: number): readonly (readonly number[])[] => {
    move(weights, before, vector, distance);
    return readMixed(network, probabilities, train).slopes;
  };
  const above = at(epsilon);
  const below = at(-epsilon);
  vector.dispose();
  for (const [name, weight] of before) weights.set(name, weight);

  const factor = (rate * (1 + momentum)) / (2 * epsilon);
  const slopes = direct.slopes.map((row, cell) =>
    row.map(
      (slope, option) => slope - factor * ((above[cell]?.[option] ?? 0) - (below[cell]?.[option] ?? 0)),
    ),
  );
  return { loss: direct.loss, slopes };
}

/** Sets the weights to `before + distance * vector`. */
function move(
  weights: Weights,
  before: ReadonlyMap<string, Tensor>,
  vector: Gradients,
  distance: number,
): void {
  for (const [name, weight] of before) {
    const direction = vector.get(name);
    if (direction === undefined) continue;
    const offset = times(direction, distance);
    weights.set(name, add(weight, offset));
    offset.dispose();
  }
}

/** The Euclidean norm of all gradients together. */
export function norm(gradients: Gradients): number {
  const squares = [...gradients.entries()].map(([, gradient]) => dot(gradient, gradient));
  const sum = readScalars(squares).reduce((total, square) => total + square, 0);
  dispose(...squares);
  return Math.sqrt(sum);
}
