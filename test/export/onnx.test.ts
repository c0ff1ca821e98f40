import { loadBackend } from '@nse/tensor';

import { everyOperation } from './architectures.js';
import { weightsOf } from './engine.js';
import { cases } from './networks.js';
import { inOnnxRuntime } from './trials.js';

beforeAll(() => loadBackend());

it('an ONNX file gives what the engine gives', () => {
  const outcomes = inOnnxRuntime(cases.map(([, input]) => ({ input })));
  for (const { difference } of outcomes) expect(difference).toBeLessThan(1e-4);
});

it.each(everyOperation)('every operation of %s does in ONNX what it does in the engine', (_, inputs) => {
  const outcomes = inOnnxRuntime(inputs.map((input) => ({ input })));
  for (const { difference } of outcomes) expect(difference).toBeLessThan(1e-4);
});

it('a file with weights that differ a little is told apart here', () => {
  const [, input] = cases[1]!;
  const names = [
    'stem.bn.mean',
    'cells.0.ops.0.depthwise.conv.weight',
    'cells.3.ops.17.spatial',
    'tail.linear.bias',
  ];
  const trials = names.flatMap((part) => {
    const weights = weightsOf(input);
    const found = [...weights].filter(([name]) => name.startsWith(part));
    return found.slice(0, 1).map(([name, { data, shape }]) => {
      weights.set(name, { shape, data: (data as Float32Array).map((value) => value * 1.1 + 0.05) });
      return { input, planted: weights };
    });
  });
  expect(trials.length).toBeGreaterThan(2);
  for (const { difference } of inOnnxRuntime(trials)) expect(difference).toBeGreaterThan(1e-4);
});
