import {
  type Labelled,
  expectedCost,
  fitnessStep,
  logitGradients,
  Logits,
  pairPass,
  readPair,
  regulariser,
  type RegulariserSettings,
  type Weights,
} from '@nse/supernet';
import { type StoredTensor } from '@nse/safetensors';
import { crossEntropy, dispose, loadBackend, read } from '@nse/tensor';

import { readGolden } from './golden.js';
import { goldenNetwork, goldenWeights, supernetCases, withBatch } from './networks.js';
import {
  type CellStep,
  chancesOf,
  expectChances,
  expectCosts,
  expectNear,
  MILLION,
  pairsOf,
  rowsOf,
  tableOf,
} from './pairs.js';
import { eitherSideOfZero } from './rounding.js';
import { expectClose, readGoldenTensors, stored } from './tensors.js';

interface Step {
  readonly step: number;
  readonly exact_gradient_zero: readonly (readonly [cell: number, operation: number])[];
  readonly cross_entropy: number;
  readonly expected_macs_m: number;
  readonly regulariser: number;
  readonly total_loss: number;
  readonly cells: readonly CellStep[];
}

interface FitnessCase {
  readonly id: string;
  /** "case <id> of supernet.json in this folder ..." */
  readonly network: string;
  readonly loss: { readonly mac_alpha: number; readonly mac_beta: number; readonly mac_target_m: number };
  readonly adam: { readonly lr: number; readonly beta2: number; readonly eps: number };
  readonly steps: readonly Step[];
}

const { cases } = readGolden('fitness') as { readonly cases: readonly FitnessCase[] };
const tensors = readGoldenTensors('fitness');

function networkOf({ network: name }: FitnessCase) {
  const golden = supernetCases.find(({ id }) => name.startsWith(`case ${id} `));
  if (golden === undefined) throw new Error(`supernet.json has no network for "${name}"`);
  const network = goldenNetwork(golden);
  return { ...network, weights: () => goldenWeights(golden, network) };
}

function settingsOf({ loss, adam }: FitnessCase) {
  const settings: RegulariserSettings = {
    alpha: loss.mac_alpha,
    beta: loss.mac_beta,
    target: loss.mac_target_m * MILLION,
    scale: MILLION,
  };
  return { settings, adam: { learningRate: adam.lr, beta2: adam.beta2, epsilon: adam.eps } };
}

/** The stored table with zeros where the gradient is 0 by algebra and what is stored is rounding noise. */
function withoutNoise(table: StoredTensor, { exact_gradient_zero: zeros }: Step): StoredTensor {
  const data = Float32Array.from(table.data);
  for (const [cell, operation] of zeros) data[cell * (table.shape[1] ?? 0) + operation] = 0;
  return { shape: table.shape, data };
}

/** The logits before a step as recorded, with the second moments that the recorded gradients of earlier steps give. */
function logitsBefore(fitness: FitnessCase, number: number): Logits {
  const { adam } = settingsOf(fitness);
  const start = rowsOf(stored(tensors, `${fitness.id}/logits.0`));
  const logits = new Logits(start.length, start[0]?.length ?? 0, adam);
  for (const step of fitness.steps.slice(0, number - 1)) {
    const gradients = withoutNoise(stored(tensors, `${fitness.id}/step${step.step}/grad_total`), step);
    logits.apply(rowsOf(gradients).map((row) => new Map(row.entries())));
  }
  const recorded = rowsOf(stored(tensors, `${fitness.id}/logits.${number - 1}`));
  return Logits.from({ ...logits.state(), logits: recorded }, adam);
}

/** How far each logit moved in a step, where the gradient is not 0 by algebra. */
function expectMoves(logits: Logits, fitness: FitnessCase, step: Step): void {
  const before = stored(tensors, `${fitness.id}/logits.${step.step - 1}`);
  const after = stored(tensors, `${fitness.id}/logits.${step.step}`);
  const movesOf = (data: ArrayLike<number>) => before.data.map((value, at) => (data[at] ?? NaN) - value);
  const found = { shape: before.shape, data: movesOf(logits.state().logits.flat()) };
  const expected = withoutNoise({ shape: before.shape, data: movesOf(after.data) }, step);
  // Logits are stored in single precision: a move of 0.005 on a logit of 7 is known to 5e-7.
  expectClose('moves', found.data, expected, { noise: 1e-6 });
}

beforeAll(() => loadBackend());

for (const fitness of cases) {
  const { supernet, cost, weights: newWeights } = networkOf(fitness);
  const { settings } = settingsOf(fitness);

  describe.each(fitness.steps.map((step) => [step.step, step] as const))(
    `${fitness.id} step %i`,
    (number, step) => {
      const at = (name: string) => stored(tensors, `${fitness.id}/step${number}/${name}`);
      const pairs = pairsOf(step.cells);
      const chances = chancesOf(step.cells);
      const penalty = regulariser(expectedCost(cost, pairs, chances), settings);
      const names = {
        images: `${fitness.id}/step${number}/input`,
        labels: `${fitness.id}/step${number}/labels`,
      };
      const check = (one: (weights: Weights, batch: Labelled) => void): void => {
        eitherSideOfZero((attempt) => {
          const weights = newWeights();
          try {
            withBatch(tensors, names, attempt, (batch) => one(weights, batch));
          } finally {
            weights.dispose();
          }
        });
      };

      test('has the recorded chances', () => expectChances(step.cells));
      test('has the recorded cost of every set', () => expectCosts(cost, step.cells));
      test('has the recorded expected cost and regulariser', () => {
        expectNear(expectedCost(cost, pairs, chances) / MILLION, step.expected_macs_m);
        expectNear(penalty.value, step.regulariser);
      });
      test('computes the recorded output', () => {
        check((weights, { images, labels }) => {
          const pass = pairPass(supernet, pairs, images, weights);
          const output = read(pass.logits);
          const { loss, dLogits } = crossEntropy(pass.logits, labels);
          dispose(pass.logits, loss, dLogits, ...pass.backward(dLogits));
          expectClose('output', output, at('output'));
        });
      });
      test('has the recorded loss and gradients on the logits', () => {
        check((weights, batch) => {
          const { crossEntropy: loss, gaps } = readPair(supernet, weights, pairs, batch);
          expectNear(loss, step.cross_entropy);
          const parts = {
            grad_ce: logitGradients(cost, pairs, chances, gaps, 0),
            grad_reg: logitGradients(cost, pairs, chances, [], penalty.slope),
            grad_total: logitGradients(cost, pairs, chances, gaps, penalty.slope),
          };
          for (const [name, gradients] of Object.entries(parts)) {
            const expected = withoutNoise(at(name), step);
            expectClose(name, tableOf(gradients, expected), expected);
          }
        });
      });
      test('moves the logits as recorded by the recorded gradients', () => {
        const logits = logitsBefore(fitness, number);
        logits.apply(rowsOf(withoutNoise(at('grad_total'), step)).map((row) => new Map(row.entries())));
        expectMoves(logits, fitness, step);
      });
      test('moves the logits as recorded by its own gradients, and reports the recorded loss', () => {
        check((weights, batch) => {
          const logits = logitsBefore(fitness, number);
          const loss = fitnessStep({ supernet, weights, logits, cost, regulariser: settings }, pairs, batch);
          expectNear(loss, step.total_loss);
          expectMoves(logits, fitness, step);
        });
      });
    },
  );
}
