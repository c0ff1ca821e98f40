import { type Activation, layerMacs, layerParameters, layersOf, type Operation } from '@nse/space';
import { fromFileLayout, Gradients, operationBlock, toFileLayout, Weights } from '@nse/supernet';
import { dispose, loadBackend, read } from '@nse/tensor';

import { readGolden } from './golden.js';
import { activations, asStored, expectClose, readGoldenTensors, stored } from './tensors.js';

interface Case {
  readonly id: string;
  readonly op: Operation;
  readonly squeeze_excitation: boolean;
  readonly activation: Activation;
  readonly cin: number;
  readonly cout: number;
  readonly stride: 1 | 2;
  readonly size_in: number;
  readonly input: string;
  readonly r: string;
  readonly macs: number;
  readonly params: number;
  readonly tensors: Readonly<Record<'before' | 'grad' | 'after', readonly string[]>>;
}

const golden = readGolden('blocks') as { readonly cases: readonly Case[] };
const tensors = readGoldenTensors('blocks');

const operationOf = ({ op, squeeze_excitation: squeezeExcitation, activation }: Case): Operation => ({
  ...op,
  squeezeExcitation,
  activation,
});
const placementOf = ({ cin, cout, stride, size_in: size }: Case) => ({
  inChannels: cin,
  outChannels: cout,
  stride,
  size,
});

beforeAll(() => loadBackend());

describe.each(golden.cases.map((entry) => [entry.id, entry] as const))('%s', (id, entry) => {
  const block = operationBlock('', operationOf(entry), placementOf(entry));
  const at = (part: string) => stored(tensors, `${id}/${part}`);

  test('has the recorded weights, MACs and parameters', () => {
    const layers = layersOf(operationOf(entry), placementOf(entry));
    expect(block.places.map((place) => place.name).toSorted()).toEqual([...entry.tensors.before].toSorted());
    expect(layers.reduce((sum, layer) => sum + layerMacs(layer), 0)).toBe(entry.macs);
    expect(layers.reduce((sum, layer) => sum + layerParameters(layer), 0)).toBe(entry.params);
  });

  test('computes the recorded outputs, gradients and running statistics', () => {
    const x = activations(stored(tensors, entry.input));
    const r = activations(stored(tensors, entry.r));
    const weights = new Weights();
    for (const place of block.places) {
      weights.setNumbers(place.name, fromFileLayout(place, at(`before/${place.name}`)), place.shape);
    }
    const gradients = new Gradients();
    const pass = block.train(x, weights);
    const dX = pass.backward(r, gradients);
    const evaluated = block.run(x, weights, { kind: 'evaluate' });

    const output = at('out_train');
    expectClose('out_train', asStored(read(pass.out), output.shape), output);
    expectClose('out_eval', asStored(read(evaluated), output.shape), at('out_eval'));
    expectClose('grad/input', asStored(read(dX), at('grad/input').shape), at('grad/input'));
    expect([...gradients.names(), 'input'].toSorted()).toEqual([...entry.tensors.grad].toSorted());
    for (const place of block.places) {
      const gradient = gradients.get(place.name);
      if (gradient !== undefined) {
        const found = toFileLayout(place, read(gradient));
        expectClose(`grad/${place.name}`, found.data, at(`grad/${place.name}`));
      }
      if (entry.tensors.after.includes(place.name)) {
        expectClose(`after/${place.name}`, weights.numbers(place.name), at(`after/${place.name}`));
      }
    }
    dispose(x, r, pass.out, dX, evaluated);
    weights.dispose();
    gradients.dispose();
  });
});
