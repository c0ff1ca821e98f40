import { macroNetwork } from '@nse/space';

import { planCache } from './cache-plan.js';

const network = macroNetwork({
  plan: 'NR',
  depths: [1, 1, 0, 0, 0],
  widths: [8, 16, 24, 32, 40],
  scale: 1,
  stemStride: 1,
  imageSize: 16,
  imageChannels: 1,
  classes: 10,
  tailChannels: 16,
});
const last = network.cells.length - 1;
const bytes = (cell: number, images: number) =>
  4 * images * network.cells[cell]!.sizeIn ** 2 * network.cells[cell]!.inChannels;

test('keeps nothing without memory', () => {
  expect(planCache(network, [network.cells.map(() => [0])], 10, 0)).toEqual({
    inputs: [],
    branches: new Set(),
  });
});

test('keeps the inputs of the last cells when memory is short', () => {
  const limit = bytes(last, 10) + bytes(last - 1, 10);
  expect(planCache(network, [network.cells.map(() => [0])], 10, limit).inputs).toEqual([last - 1, last]);
});

test('keeps outputs of operations where architectures with equal first cells use them again', () => {
  const rest = network.cells.slice(1).map(() => [0]);
  const shared = [
    [[0, 1], ...rest],
    [[0, 2], ...rest],
    [[1, 2], ...rest],
  ];
  const plan = planCache(network, shared, 10, 1e9);
  expect([...plan.branches]).toEqual([0]);
  expect(plan.inputs).toHaveLength(network.cells.length);
});
