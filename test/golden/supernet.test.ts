import { Gradients, type Labelled, pathBlock, placesOf, toFileLayout, type Weights } from '@nse/supernet';
import { crossEntropy, dispose, loadBackend, read, readScalar } from '@nse/tensor';

import {
  type GoldenNetwork,
  goldenNetwork,
  goldenWeights,
  type SupernetCase,
  supernetCases,
  supernetTensors,
  withBatch,
} from './networks.js';
import { eitherSideOfZero } from './rounding.js';
import { expectClose, stored } from './tensors.js';

/** What one forward and backward pass of the case's path gave. */
interface Reading {
  readonly logits: Float32Array;
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
  readonly evaluated: Float32Array;
  readonly after: ReadonlyMap<string, Float32Array>;
}

function readCase(golden: SupernetCase, network: GoldenNetwork, { images, labels }: Labelled): Reading {
  const weights = goldenWeights(golden, network);
  const path = pathBlock(network.supernet, golden.path);
  const pass = path.train(images, weights);
  const { loss, dLogits } = crossEntropy(pass.out, labels);
  const gradients = new Gradients();
  pass.backwardFirst(dLogits, gradients);
  const evaluated = path.run(images, weights, { kind: 'evaluate' });
  const places = placesOf(network.supernet, network.subsets);
  const reading = {
    logits: read(pass.out),
    loss: readScalar(loss),
    gradients: gradientsInFileLayout(gradients, places),
    evaluated: read(evaluated),
    after: statisticsOf(weights, golden.id),
  };
  dispose(pass.out, loss, dLogits, evaluated);
  gradients.dispose();
  weights.dispose();
  return reading;
}

function gradientsInFileLayout(
  gradients: Gradients,
  places: ReturnType<typeof placesOf>,
): Map<string, Float32Array> {
  const all = new Map<string, Float32Array>();
  for (const place of places) {
    const gradient = gradients.get(place.name);
    if (gradient !== undefined)
      all.set(place.name, Float32Array.from(toFileLayout(place, read(gradient)).data));
  }
  return all;
}

function statisticsOf(weights: Weights, id: string): Map<string, Float32Array> {
  const prefix = `${id}/after/`;
  const names = [...supernetTensors.keys()].filter((key) => key.startsWith(prefix));
  return new Map(names.map((key) => [key, weights.numbers(key.slice(prefix.length))]));
}

beforeAll(() => loadBackend());

describe.each(supernetCases.map((golden) => [golden.id, golden] as const))('%s', (id, golden) => {
  const network = goldenNetwork(golden);
  const { cells } = network.supernet.network;
  // A shift before another batch norm has no effect: its gradient is rounding noise, far below the others'.
  const noise = 1e-6 * Math.max(...Object.values(golden.grad_l2));
  const readings: Reading[] = [];
  const check = (one: (reading: Reading) => void): void => {
    const names = { images: `${id}/input`, labels: `${id}/labels` };
    eitherSideOfZero((attempt) => {
      one(
        (readings[attempt] ??= withBatch(supernetTensors, names, attempt, (batch) =>
          readCase(golden, network, batch),
        )),
      );
    });
  };

  test('has the recorded cells and costs', () => {
    const found = cells.map(({ kind, inChannels, outChannels, stride, sizeIn, index }) => {
      const subset = network.subsets[index] ?? [];
      const op_macs = subset.map((operation) => network.cost.of(index, [operation]));
      const op_params = subset.map((operation) => network.parameters.of(index, [operation]));
      return {
        kind,
        cin: inChannels,
        cout: outChannels,
        stride,
        size_in: sizeIn,
        subset,
        op_macs,
        op_params,
      };
    });
    expect(found).toEqual(golden.cells);
  });

  test('computes the recorded logits and loss in training mode', () => {
    check(({ logits, loss }) => {
      expectClose('logits', logits, stored(supernetTensors, `${id}/logits`));
      expect(Math.abs(loss - golden.loss)).toBeLessThan(1e-4 * golden.loss);
    });
  });

  test('gives gradients to the path alone', () => {
    check(({ gradients }) => {
      const names = [...gradients.keys()];
      expect(names.toSorted()).toEqual(Object.keys(golden.grad_l2).toSorted());
      expect(names.filter((name) => golden.no_gradient.includes(name))).toEqual([]);
    });
  });

  test.each(golden.grads_stored)('gradient of %s', (name) => {
    const expected = stored(supernetTensors, `${id}/grad/${name}`);
    check(({ gradients }) => expectClose(name, gradients.get(name) ?? [], expected, { noise }));
  });

  test('has the recorded size of every gradient', () => {
    check(({ gradients }) => {
      for (const [name, expected] of Object.entries(golden.grad_l2)) {
        const found = Math.hypot(...(gradients.get(name) ?? []));
        const off = Math.abs(found - expected) > 1e-4 * expected + noise;
        expect({ name, off }).toEqual({ name, off: false });
      }
    });
  });

  test('moves the running statistics and computes the recorded logits with them', () => {
    check(({ after, evaluated }) => {
      for (const [key, numbers] of after) expectClose(key, numbers, stored(supernetTensors, key));
      expectClose('logits_eval', evaluated, stored(supernetTensors, `${id}/logits_eval`));
    });
  });
});
