import { type Graph, modelFiles, tfliteFile } from '@nse/export';
import { parameters } from '@nse/space';
import { loadBackend } from '@nse/tensor';

import { everyOperation } from './architectures.js';
import { difference, drawnImages, engineLogits, weightsOf } from './engine.js';
import { factsOf } from './facts.js';
import { cases } from './networks.js';
import { describeWith } from './runtimes.js';
import { graphOf, inLiteRt, liteRtLogits, METADATA, type TfliteOutcome } from './trials.js';

/** Numbers of operators in the schema. */
const CONV = 3;
const DEPTHWISE = 4;

/** How often each operator is wanted: one for a node, and one for each padding that SAME would shift. */
function operatorsOf({ nodes, shapes }: Graph): Record<string, number> {
  const names = nodes.flatMap((node) => {
    if (node.kind === 'add') return ['ADD'];
    if (node.kind === 'multiply') return ['MUL'];
    if (node.kind === 'sigmoid') return ['LOGISTIC'];
    if (node.kind === 'globalAveragePool') return ['MEAN'];
    if (node.kind === 'linear') return ['FULLY_CONNECTED'];
    const [, ...sizes] = shapes.get(node.input)!;
    const shifted = sizes.some(
      (size, axis) => node.kernel[axis]! > 1 && node.stride[axis] === 2 && size % 2 === 0,
    );
    const conv = node.groups > 1 && node.groups === node.outChannels ? 'DEPTHWISE_CONV_2D' : 'CONV_2D';
    return shifted ? ['PAD', conv] : [conv];
  });
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

describeWith('litert', 'a TensorFlow Lite file', () => {
  const inputs = cases.map(([, input]) => input);
  let outcomes: TfliteOutcome[];

  beforeAll(async () => {
    await loadBackend();
    outcomes = inLiteRt(inputs.map((input) => ({ input })));
  });

  it('gives what the engine gives', () => {
    for (const { difference } of outcomes) expect(difference).toBeLessThan(1e-4);
  });

  it.each(everyOperation)('does every operation of %s as the engine does', (_, all) => {
    for (const { difference } of inLiteRt(all.map((input) => ({ input }))))
      expect(difference).toBeLessThan(1e-4);
  });

  it('has the operators of its graph and no other, such as one that turns an image round', () => {
    expect(outcomes.map(({ operators }) => operators)).toEqual(
      inputs.map((input) => operatorsOf(graphOf(input))),
    );
  });

  it('names what it takes and gives, and has weights where a processor wants them', () => {
    for (const { signature, misaligned } of outcomes) {
      expect(signature).toEqual({ inputs: ['images'], outputs: ['logits'] });
      expect(misaligned).toBe(0);
    }
  });

  it('asks for the version that knows groups and dilation only where there are some', () => {
    for (const [index, { versions }] of outcomes.entries()) {
      const convs = graphOf(inputs[index]!).nodes.filter((node) => node.kind === 'conv');
      const wanted = convs.map(({ groups, inChannels, dilation }) =>
        groups === inChannels ? [DEPTHWISE, dilation > 1 ? 2 : 1] : [CONV, groups > 1 ? 6 : 1],
      );
      const ofConvs = versions.filter(([operator]) => operator === CONV || operator === DEPTHWISE);
      expect(new Set(ofConvs.map(String))).toEqual(new Set(wanted.map(String)));
    }
  });

  it('holds the metadata that it was given', () => {
    for (const { metadata } of outcomes) expect(metadata).toEqual(METADATA);
  });

  it('carries the labels of a trained network as a file behind it, and runs as before', () => {
    const [, input] = cases[1]!;
    const model = { input, facts: factsOf(input), weights: weightsOf(input), description: new Uint8Array(0) };
    const file = modelFiles('tflite', model).get('model.tflite')!;
    const images = drawnImages(input, 2);
    const [{ logits, files, metadata, misaligned } = undefined!] = liteRtLogits([{ file, images }]);
    expect(difference(logits, engineLogits(input, model.weights, images))).toBeLessThan(1e-4);
    expect(files).toEqual({ 'labels.txt': `${model.facts.labels!.join('\n')}\n` });
    expect(Object.keys(metadata)).toEqual(['nse.json', 'TFLITE_METADATA']);
    expect(misaligned).toBe(0);
    expect(outcomes[1]!.files).toEqual({});
  });

  it('is told apart here when a weight differs a little', () => {
    const [, input] = cases[1]!;
    const weights = weightsOf(input);
    const { data, shape } = weights.get('stem.bn.beta')!;
    weights.set('stem.bn.beta', { shape, data: (data as Float32Array).map((value) => value + 0.05) });
    const [outcome] = inLiteRt([{ input, planted: weights }]);
    expect(outcome!.difference).toBeGreaterThan(1e-4);
  });
});

it('is a little larger than four bytes a parameter', () => {
  const [, input] = cases[1]!;
  const { network, pool, architecture } = input;
  const bytes = tfliteFile(graphOf(input)).length / parameters(network, pool, architecture);
  expect(bytes).toBeGreaterThan(4);
  expect(bytes).toBeLessThan(5);
});
