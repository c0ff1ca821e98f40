import { type Activation, macroNetwork, type MacroNetwork, type Operation, randomFrom } from '@nse/space';
import {
  crossEntropy,
  floats,
  integers,
  liveTensors,
  loadBackend,
  read,
  readScalar,
  Sgd,
  type Tensor,
} from '@nse/tensor';

import { type Block, operationBlock, stemBlock, tailBlock } from './block.js';
import { isDecayed } from './weight-place.js';
import { Gradients, initialiseWeights, Statistics, Weights } from './weights.js';

const network: MacroNetwork = macroNetwork({
  plan: 'NR',
  depths: [0, 0, 0, 0, 0],
  widths: [8, 8, 8, 8, 8],
  scale: 1,
  stemStride: 2,
  imageSize: 16,
  imageChannels: 3,
  classes: 4,
  tailChannels: 16,
});
const mobile = (rest: Partial<Extract<Operation, { kind: 'MBConv' }>> = {}): Operation => ({
  kind: 'MBConv',
  kernel: 3,
  expansion: 2,
  dilation: 1,
  groups: [1, 1],
  ...rest,
});
const operations: Operation[] = [
  mobile({ groups: [2, 1] }),
  mobile({ kernel: 5, squeezeExcitation: true, activation: 'swish' }),
  mobile({ dilation: 2 }),
  { kind: 'Rectangular', kernel: 5, expansion: 1 },
  { kind: 'DualConv', kernel: 3, expansion: 1, squeezeExcitation: true },
];
const at = { inChannels: 8, outChannels: 8, stride: 1, size: 8 } as const;

/** A small net of all kinds of operations, one after the other. */
function blocksWith(activation: Activation = 'relu'): Block[] {
  const cells = operations.map((operation, index) => operationBlock(`cells.${index}.ops.0`, operation, at));
  return [stemBlock(network, activation), ...cells, tailBlock(network, activation)];
}

class Training {
  readonly weights = new Weights();
  readonly #blocks: Block[];
  readonly #sgd: Sgd;

  constructor(activation: Activation = 'relu') {
    this.#blocks = blocksWith(activation);
    const places = this.#blocks.flatMap((block) => block.places);
    const decayed = new Set(places.filter(({ kind }) => isDecayed(kind)).map((place) => place.name));
    initialiseWeights(this.weights, places, randomFrom(1));
    this.#sgd = new Sgd({ momentum: 0.9, weightDecay: 1e-3, decays: (name) => decayed.has(name) });
  }

  step(index: number): number {
    const [images, labels] = batch(index);
    const passes = [];
    let current: Tensor = images;
    for (const block of this.#blocks) {
      const pass = block.train(current, this.weights);
      current.dispose();
      passes.push(pass);
      current = pass.out;
    }
    const { loss, dLogits } = crossEntropy(current, labels);
    const gradients = new Gradients();
    let gradient = dLogits;
    for (const pass of passes.slice(1).toReversed()) {
      const before = pass.backward(gradient, gradients);
      gradient.dispose();
      gradient = before;
    }
    passes[0]!.backwardFirst(gradient, gradients);
    this.#sgd.step(this.weights, gradients.entries(), 0.1);
    const value = readScalar(loss);
    gradients.dispose();
    for (const tensor of [current, labels, loss, gradient]) tensor.dispose();
    return value;
  }

  dispose(): void {
    this.weights.dispose();
    this.#sgd.dispose();
  }
}

/** Four noisy images, one of each class, told apart by which of two colours are bright. */
function batch(index: number): [Tensor, Tensor] {
  const random = randomFrom(2, index);
  const images = Float32Array.from({ length: 4 * 16 * 16 * 3 }, (_, i) => {
    const label = Math.floor(i / (16 * 16 * 3));
    const bright = [label % 2, Math.floor(label / 2), 0][i % 3] ?? 0;
    return 2 * random.next() + bright;
  });
  return [floats(images, [4, 16, 16, 3]), integers(Int32Array.of(0, 1, 2, 3), [4])];
}

const bits = (weights: Weights) =>
  Object.fromEntries(
    weights.names().map((name) => [name, [...new Uint32Array(weights.numbers(name).buffer)]]),
  );

beforeAll(() => loadBackend());

test.each<Activation>(['relu', 'swish'])('learns, with %s in stem and tail', (activation) => {
  const training = new Training(activation);
  const first = training.step(0);
  let last = first;
  for (let index = 1; index < 60; index++) last = training.step(index);
  expect(last).toBeLessThan(first / 4);
  training.dispose();
});

test('repeats to the same bits', () => {
  const [one, other] = [new Training(), new Training()];
  for (let index = 0; index < 5; index++) one.step(index);
  for (let index = 0; index < 5; index++) other.step(index);
  expect(bits(one.weights)).toEqual(bits(other.weights));
  one.dispose();
  other.dispose();
});

test('keeps memory flat over 1,000 steps', () => {
  const start = liveTensors();
  const training = new Training();
  for (let index = 0; index < 50; index++) training.step(index);
  const tensors = liveTensors();
  const bytes = process.memoryUsage().rss;
  for (let index = 0; index < 1000; index++) training.step(index);
  expect(liveTensors()).toBe(tensors);
  // One step handles some 5 MB: a leak of a single image a step would show.
  expect(process.memoryUsage().rss - bytes).toBeLessThan(60e6);
  training.dispose();
  // Shapes and other constants stay for the life of the process.
  expect(liveTensors() - start).toBeLessThan(100);
});

describe('one operation', () => {
  const block = operationBlock('op', mobile({ squeezeExcitation: true }), at);
  const input = () =>
    floats(
      Float32Array.from({ length: 3 * 512 }, (_, i) => Math.sin(i) + 0.5),
      [3, 8, 8, 8],
    );
  let weights: Weights;
  beforeEach(() => {
    weights = new Weights();
    initialiseWeights(weights, block.places, randomFrom(3));
  });

  test('frees all that a pass kept when it is not taken back', () => {
    const run = () => {
      const x = input();
      const pass = block.train(x, weights);
      pass.dispose();
      pass.out.dispose();
      x.dispose();
    };
    run();
    const before = liveTensors();
    run();
    expect(liveTensors()).toBe(before);
  });

  test('needs neither its input nor its output for the way back', () => {
    const gradient = (early: boolean) => {
      const [x, dOut] = [input(), input()];
      const pass = block.train(x, weights, { moving: false });
      if (early) [x, pass.out].forEach((tensor) => tensor.dispose());
      return [...read(pass.backward(dOut))];
    };
    expect(gradient(true)).toEqual(gradient(false));
  });

  test('gives the same input gradient when the weights are constants, and no weight gradients', () => {
    const gradients = new Gradients();
    const withWeights = block.train(input(), weights, { moving: false }).backward(input(), gradients);
    const without = block.train(input(), weights, { moving: false }).backward(input());
    expect([...read(without)]).toEqual([...read(withWeights)]);
    expect(gradients.names().length).toBeGreaterThan(0);
  });

  test('moves the running statistics in training unless told not to', () => {
    const before = bits(weights);
    block.train(input(), weights, { moving: false }).dispose();
    block.run(input(), weights, { kind: 'batch', moving: false });
    expect(bits(weights)).toEqual(before);
    block.run(input(), weights, { kind: 'batch', moving: true });
    const moved = bits(weights);
    expect(moved).not.toEqual(before);
    expect(moved['op.project.conv.weight']).toEqual(before['op.project.conv.weight']);
  });

  test('re-estimates statistics from zero as the average over batches, and evaluates with them', () => {
    const statistics = new Statistics();
    const [one, other] = [
      input(),
      floats(
        Float32Array.from({ length: 1536 }, (_, i) => Math.cos(i)),
        [3, 8, 8, 8],
      ),
    ];
    for (const x of [one, other]) block.run(x, weights, { kind: 'collect', into: statistics });
    const averages = statistics.averages();
    const single = [one, other].map((x) => {
      const only = new Statistics();
      block.run(x, weights, { kind: 'collect', into: only });
      return read(only.averages().get('op.expand.bn.variance')!);
    });
    read(averages.get('op.expand.bn.variance')!).forEach((value, channel) => {
      expect(value).toBeCloseTo((single[0]![channel]! + single[1]![channel]!) / 2, 5);
    });
    const before = bits(weights);
    const fixed = read(block.run(one, weights, { kind: 'evaluate' }));
    const estimated = read(block.run(one, weights, { kind: 'evaluate', statistics: averages }));
    expect(estimated).not.toEqual(fixed);
    expect(bits(weights)).toEqual(before);
  });
});
