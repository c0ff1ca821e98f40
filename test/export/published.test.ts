import { networkGraph, type NetworkInput, randomWeights } from '@nse/export';
import { decodeArchitecture, macroNetwork, poolNamed, PUBLISHED } from '@nse/space';
import { loadBackend } from '@nse/tensor';

import { inOnnxRuntime } from './trials.js';

const published = Object.entries(PUBLISHED).map(([name, { pool, network: spec, code }]) => {
  // Smaller images than ImageNet's and half the width: depth is what could add up.
  const network = macroNetwork({ ...spec, scale: spec.scale / 2, imageSize: 64 });
  const architecture = decodeArchitecture(code, network, poolNamed(pool));
  return [name, { network, pool: poolNamed(pool), architecture }] as const;
});

/** The same network with three branches in every cell that has the identity: its means stay undivided over whole stages. */
const [, deepest] = published.reduce((most, each) =>
  each[1].network.cells.length > most[1].network.cells.length ? each : most,
);
const branched: NetworkInput = {
  ...deepest,
  architecture: deepest.architecture.map((operations, cell) =>
    deepest.network.cells[cell]!.identity ? [0, 9, 21] : operations,
  ),
};

beforeAll(() => loadBackend());

test.each([...published, ['the deepest with three branches beside every identity', branched] as const])(
  '%s loses nothing on its way into a file',
  (_, input) => {
    const [outcome] = inOnnxRuntime([{ input }]);
    expect(outcome!.difference).toBeLessThan(1e-4);
  },
);

test('weights that are drawn for a measurement keep values of the same size through the deepest network', () => {
  const graph = networkGraph({ ...branched, weights: randomWeights({ ...branched, seed: 1 }) });
  const convs = graph.nodes.filter((node) => node.kind === 'conv');
  const largest = (numbers: Float32Array) =>
    numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const { weight } of convs) {
    expect(largest(weight)).toBeLessThan(2 ** 8);
    expect(largest(weight)).toBeGreaterThan(2 ** -12);
  }
});
