import { type Architecture, macroNetwork, poolNamed, PUBLISHED } from '@nse/space';

import { addCell, scaleBefore } from './cell-nodes.js';
import { IMAGES } from './end-nodes.js';
import { GraphBuilder } from './graph-builder.js';
import type { Graph } from './graph.js';
import { networkGraph, type NetworkInput, randomWeights } from './network-graph.js';
import { pointwise } from './operation-nodes.js';
import { drawnWeights } from './weight-source.js';

const mac27 = poolNamed('mac27');
const retrained = (activation: 'relu' | 'swish', squeezeExcitation: boolean) => ({
  ...mac27,
  operations: mac27.operations.map((operation) => ({ ...operation, activation, squeezeExcitation })),
});

/** Cells R N N R R R: the second and the third have the identity. */
const network = macroNetwork({
  plan: 'NR',
  depths: [0, 2, 0, 0, 0],
  widths: [8, 8, 16, 16, 16],
  scale: 1,
  stemStride: 1,
  imageSize: 16,
  imageChannels: 3,
  classes: 4,
  tailChannels: 8,
});
const branched: Architecture = [[0, 3], [1, 4, 18], [2], [5], [6, 19], [22]];

const inputOf = (architecture: Architecture, pool = mac27): NetworkInput => ({ network, pool, architecture });
const graphOf = (input: NetworkInput): Graph =>
  networkGraph({ ...input, weights: randomWeights({ ...input, seed: 1 }) });
const kindsOf = (graph: Graph) =>
  graph.nodes.reduce<Record<string, number>>(
    (counts, { kind }) => ({ ...counts, [kind]: (counts[kind] ?? 0) + 1 }),
    {},
  );

describe('a network as a graph', () => {
  it('is convolutions and additions alone, with one pool and one linear layer at the end', () => {
    // Stem, tail, three convolutions an operation, four where it has a row and a column.
    const convs = 2 + 10 * 3 + 1;
    expect(kindsOf(graphOf(inputOf(branched)))).toEqual({
      conv: convs,
      add: 1 + 3 + 1 + 1,
      globalAveragePool: 1,
      linear: 1,
    });
  });

  it('has nothing for an empty cell', () => {
    const graph = graphOf(inputOf([[0], [], [], [0], [0], [0]]));
    expect(kindsOf(graph)).toEqual({ conv: 2 + 4 * 3, globalAveragePool: 1, linear: 1 });
  });

  it('gives each value after what it is made from, once, and ends in the logits', () => {
    const graph = graphOf(inputOf(branched, retrained('swish', true)));
    const known = new Set([graph.input.name]);
    for (const node of graph.nodes) {
      const inputs = 'inputs' in node ? node.inputs : [node.input];
      expect(inputs.filter((value) => !known.has(value))).toEqual([]);
      expect(known.has(node.output)).toBe(false);
      known.add(node.output);
    }
    expect(graph.output).toBe('logits');
    expect(graph.shapes.get('logits')).toEqual([4, 1, 1]);
    expect([...known].filter((value) => !graph.shapes.has(value))).toEqual([]);
  });

  it('takes the activation of stem and tail from the operations', () => {
    const names = (activation: 'relu' | 'swish') =>
      graphOf(inputOf(branched, retrained(activation, false))).nodes.map(({ name }) => name);
    expect(names('swish')).toEqual(expect.arrayContaining(['stem.swish', 'tail.conv.swish']));
    expect(names('relu').filter((name) => name.endsWith('swish'))).toEqual([]);
  });

  it('names a tensor that is missing, or of another shape, length or type', () => {
    const input = inputOf(branched);
    const name = 'cells.1.ops.4.depthwise.conv.weight';
    const whole = randomWeights({ ...input, seed: 1 });
    const { shape, data } = whole.get(name)!;
    const failure = (weight?: { shape: readonly number[]; data: Float32Array | Int32Array }): unknown => {
      const weights = new Map(whole);
      if (weight === undefined) weights.delete(name);
      else weights.set(name, weight);
      try {
        return networkGraph({ ...input, weights });
      } catch (error) {
        return error;
      }
    };
    const error = { code: 'INVALID_ARGUMENT', field: name };
    const message = (reason: string) => `the weights do not fit the network: ${name} ${reason}`;
    const [channels] = shape;
    expect(failure()).toMatchObject({ ...error, message: message('is missing') });
    expect(failure({ shape: [...shape].reverse(), data })).toMatchObject({
      ...error,
      message: message(`has shape 3x3x1x${channels}, not ${channels}x1x3x3`),
    });
    expect(failure({ shape, data: data.slice(1) as Float32Array })).toMatchObject({
      ...error,
      message: message(`has ${data.length - 1} numbers, its shape says ${data.length}`),
    });
    expect(failure({ shape, data: new Int32Array(data.length) })).toMatchObject({
      ...error,
      message: message('is not of type F32'),
    });
  });

  it.each<[string, Architecture, string]>([
    ['too few cells', [[0]], '1 cells'],
    ['an empty cell without identity', [[], [], [], [0], [0], [0]], 'cell 0'],
    ['an operation that the pool does not have', [[27], [], [], [0], [0], [0]], '27'],
  ])('refuses %s', (_, architecture, reason) => {
    expect(() => randomWeights({ ...inputOf(architecture), seed: 1 })).toThrow(reason);
  });
});

describe('fresh weights', () => {
  it('follow from seed and name, whatever else there is', () => {
    const few = randomWeights({ ...inputOf([[0], [], [], [0], [0], [0]]), seed: 7 });
    const many = randomWeights({ ...inputOf([[0, 3], [1], [2], [0], [0], [0]]), seed: 7 });
    const other = randomWeights({ ...inputOf([[0], [], [], [0], [0], [0]]), seed: 8 });
    const name = 'cells.0.ops.0.project.conv.weight';
    expect(few.get(name)).toEqual(many.get(name));
    expect(few.get(name)).not.toEqual(other.get(name));
  });

  it('are never so small that a processor slows down', () => {
    const weights = randomWeights({ ...inputOf(branched, retrained('relu', true)), seed: 3 });
    const tiny = 1.2e-38;
    for (const { data } of weights.values()) {
      expect(data.every((value) => value === 0 || Math.abs(value) > tiny)).toBe(true);
    }
  });
});

describe('the scale of a cell', () => {
  const drawing = () => ({
    builder: new GraphBuilder({ name: IMAGES, shape: [8, 8, 8] }),
    weights: drawnWeights(1),
  });
  const cell = { ...network.cells[1]!, inChannels: 8, outChannels: 8, sizeIn: 8, sizeOut: 8 };
  const whole = { cell, operations: [0, 3, 9] };
  const input = { value: IMAGES, scale: 1 };

  it('is as many times that of the input as there are branches with the identity, and the free one without', () => {
    expect(addCell(drawing(), whole, mac27, { ...input, scale: 2 }).scale).toBe(8);
    const plain = { ...whole, cell: { ...cell, identity: false } };
    expect(addCell(drawing(), plain, mac27, { ...input, scale: 2 }).scale).toBe(1);
    expect(addCell(drawing(), plain, mac27, input, 0.25).scale).toBe(0.25);
  });

  it('stays as it is through an empty cell', () => {
    expect(addCell(drawing(), { cell, operations: [] }, mac27, { ...input, scale: 3 })).toEqual({
      ...input,
      scale: 3,
    });
  });

  it('begins so that a run of cells lies around 1', () => {
    const run = [
      whole,
      { ...whole, cell: { ...cell, index: 2 } },
      { ...whole, cell: { ...cell, index: 3, identity: false } },
    ];
    expect(scaleBefore(run)).toBe(0.25);
    expect(scaleBefore(run.slice(2))).toBe(1);
    expect(scaleBefore([])).toBe(1);
  });

  it('is refused where a float could not hold values any more', () => {
    expect(() => addCell(drawing(), whole, mac27, { ...input, scale: 2 ** 95 })).toThrow('too long');
  });

  it.each(Object.entries(PUBLISHED))('leaves values of %s in the range of half precision', (_, published) => {
    const deep = macroNetwork({ ...published.network, widths: published.network.widths.map(() => 8) });
    const chosen = deep.cells.map((each) => ({ cell: each, operations: [0, 1, 2, 3, 4] }));
    let scale = scaleBefore(chosen);
    const scales = chosen.map((each, index) => {
      const { builder } = drawing();
      const shape = { ...pointwise(8, 8, 1), sizeOut: [each.cell.sizeIn, each.cell.sizeIn] } as const;
      const value = builder.conv(
        'before',
        IMAGES,
        shape,
        { weight: new Float32Array(64), bias: new Float32Array(8) },
        false,
      );
      const free = scaleBefore(chosen.slice(index + 1));
      ({ scale } = addCell({ builder, weights: drawnWeights(1) }, each, mac27, { value, scale }, free));
      return scale;
    });
    // Activations of a trained network reach some tens; half precision holds from 2^-14 to 2^16.
    expect(Math.max(...scales)).toBeLessThan(2 ** 10);
    expect(Math.min(...scales)).toBeGreaterThan(2 ** -10);
  });
});

it('gives the logits that the means give, whatever the scales: the tail takes them out', () => {
  // The last cells of this plan all have the identity, so the scale reaches the tail.
  const open = macroNetwork({
    plan: 'NR',
    depths: [0, 0, 0, 0, 2],
    widths: [8, 8, 8, 8, 8],
    scale: 1,
    stemStride: 1,
    imageSize: 16,
    imageChannels: 1,
    classes: 3,
    tailChannels: 8,
  });
  const input = { network: open, pool: mac27, architecture: [[0], [0], [0], [0], [0, 1], [2, 3]] };
  const weights = randomWeights({ ...input, seed: 5 });
  const tail = networkGraph({ ...input, weights }).nodes.find(({ name }) => name === 'tail.conv');
  const stored = weights.get('tail.conv.weight')!.data;
  const startScale = scaleBefore(
    open.cells.slice(4).map((cell, at) => ({ cell, operations: input.architecture[4 + at]! })),
  );
  expect(tail).toMatchObject({
    kind: 'conv',
    weight: Float32Array.from(stored, (value) => value / (startScale * 9)),
  });
});
