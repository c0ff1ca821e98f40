import { type Architecture, decodeArchitecture, inBand } from '@nse/space';
import {
  type Candidate,
  evolve,
  randomSearch,
  type ScoreCodes,
  shrinkSamples,
  shrinkSpace,
  shrinkStages,
  SPOS_EVOLUTION,
} from '@nse/strategies';
import { evaluateArchitectures } from '@nse/supernet';
import { loadBackend } from '@nse/tensor';

import { trainOneShot } from './one-shot.js';
import type { SharedResult } from './settings.js';
import { trainShrinkStage } from './shrink-training.js';
import { trainSpos } from './spos.js';
import {
  data,
  few,
  lasting,
  network,
  pool,
  recordingHooks,
  space,
  stripes,
  subsets,
} from './stripes.fixture.js';

beforeAll(() => loadBackend({ threads: 1 }));

/** The service's part: scores of architectures on a trained supernet. */
async function accuracies(
  supernet: SharedResult,
  architectures: readonly Architecture[],
): Promise<readonly number[]> {
  const scores = await evaluateArchitectures(
    {
      network,
      pool,
      weights: supernet.weights,
      subsets: supernet.subsets,
      architectures,
      calibrationBatches: 2,
    },
    { calibration: data.train, heldOut: [stripes(100, 3, 0)] },
    { scored: () => undefined, progress: () => undefined, signal: new AbortController().signal },
  );
  return scores.map(({ accuracy }) => accuracy);
}

const scoreOn =
  (supernet: SharedResult): ScoreCodes =>
  (codes) =>
    accuracies(
      supernet,
      codes.map((code) => decodeArchitecture(code, network, pool)),
    );

function expectFound(found: readonly Candidate[], number: number): void {
  expect(found).toHaveLength(number);
  for (const { cost } of found) expect(inBand(space.band, cost)).toBe(true);
  expect(found[0]!.accuracy).toBeGreaterThanOrEqual(found.at(-1)!.accuracy);
  expect(found[0]!.accuracy).toBeGreaterThan(0.4);
}

test('spos: a uniformly trained supernet, then evolution on it', async () => {
  const supernet = await trainSpos(lasting(5), data, recordingHooks());
  const settings = {
    ...SPOS_EVOLUTION,
    population: 6,
    generations: 2,
    parents: 3,
    crossovers: 3,
    mutations: 3,
  };
  const input = { ...space, subsets: few, settings };
  const hooks = {
    checkpoint: () => Promise.resolve(),
    progress: () => undefined,
    signal: new AbortController().signal,
  };
  expectFound(await evolve(input, scoreOn(supernet), hooks), 12);
});

test('one-shot: a supernet of all branches, then random search on it', async () => {
  const supernet = await trainOneShot(lasting(3), data, recordingHooks());
  expectFound(await randomSearch({ ...space, subsets: few }, 8, scoreOn(supernet)), 8);
});

test('shrink: trained and cut down until each cell holds one operation, then searched', async () => {
  const settings = { keep: 1, drop: 1 };
  const open = { ...space, band: { above: 0, below: 1e9, belowIncluded: false } };
  let left = subsets;
  let supernet: SharedResult | undefined;
  for (let stage = 0; stage < shrinkStages(subsets, settings); stage++) {
    const input = { ...lasting(3), subsets: left, stage, ...(supernet && { carried: supernet.weights }) };
    supernet = await trainShrinkStage(input, data, recordingHooks());
    const samples = shrinkSamples({ ...open, subsets: left }, 12, stage);
    left = shrinkSpace(left, samples, await accuracies(supernet, samples), settings);
  }
  expect(left.map(({ length }) => length)).toEqual(subsets.map(() => 1));
  // One operation, or none in the one cell that may be empty.
  expect(await randomSearch({ ...open, subsets: left }, 5, scoreOn(supernet!))).toHaveLength(2);
});
