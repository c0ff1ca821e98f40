import { decodeArchitecture, drawPath, encodeArchitecture, NseError, randomFrom } from '@nse/space';
import { DARTS, type DartsSettings, PROXYLESS, type ProxylessSettings } from '@nse/strategies';
import { evaluateArchitectures, type Hooks } from '@nse/supernet';
import { liveTensors, loadBackend } from '@nse/tensor';

import { type AlphaResult, trainDarts } from './darts.js';
import { trainOneShot } from './one-shot.js';
import { trainProxyless } from './proxyless.js';
import type { SharedInput, SharedResult } from './settings.js';
import { trainShrinkStage } from './shrink-training.js';
import { trainSpos } from './spos.js';
import {
  cost,
  data,
  few,
  input,
  lasting,
  network,
  pool,
  recordingHooks,
  stripes,
} from './stripes.fixture.js';

type Train = (input: SharedInput, hooks: Hooks) => Promise<SharedResult>;

const quick = { learningRate: 0.05 };
/** No alpha is that far from 0 when training begins: they are drawn with a deviation of 1e-3. */
const BEGIN = 0.005;
/** Of 12 steps, until a method has learned: those that train all operations at once need fewer. */
const EPOCHS: Readonly<Record<string, number>> = {
  'darts of first order': 3,
  'darts of second order': 3,
  'one-shot': 3,
};
const MOST_EPOCHS = 7;

const darts =
  (changes: Partial<DartsSettings> = {}) =>
  (own: SharedInput, hooks: Hooks): Promise<AlphaResult> =>
    trainDarts({ ...own, darts: { ...DARTS, ...quick, ...changes } }, data, hooks);
const proxyless =
  (changes: Partial<ProxylessSettings>) =>
  (own: SharedInput, hooks: Hooks): Promise<AlphaResult> =>
    trainProxyless(
      { ...own, cost, target: 250e3, proxyless: { ...PROXYLESS, ...quick, ...changes } },
      data,
      hooks,
    );

const methods: Readonly<Record<string, Train>> = {
  'darts of first order': darts({ order: 'first' }),
  'darts of second order': darts(),
  proxylessnas: proxyless({ every: 2 }),
  spos: (own, hooks) => trainSpos(own, data, hooks),
  'one-shot': (own, hooks) => trainOneShot(own, data, hooks),
  shrink: (own, hooks) => trainShrinkStage({ ...own, stage: 0 }, data, hooks),
};

const paths = Array.from({ length: 8 }, (_, index) =>
  drawPath(network.cells, few, 'nse', randomFrom(1, 'paths', index)),
);

beforeAll(() => loadBackend({ threads: 1 }));

describe.each(Object.entries(methods))('%s', (name, train) => {
  test('learns, and leaves a supernet that paths are scored on', async () => {
    const { curve, weights, subsets } = await train(lasting(EPOCHS[name] ?? MOST_EPOCHS), recordingHooks());
    expect(curve.at(-1)!.loss).toBeLessThan(0.85 * curve[0]!.loss);
    const scores = await evaluateArchitectures(
      { network, pool, weights, subsets, calibrationBatches: 4, architectures: paths },
      { calibration: data.train, heldOut: [stripes(200, 3, 0)] },
      { scored: () => undefined, progress: () => undefined, signal: new AbortController().signal },
    );
    // The best of them: DARTS trains all operations at once, and leaves single paths that know little by themselves.
    expect(Math.max(...scores.map(({ accuracy }) => accuracy))).toBeGreaterThan(0.4);
  });

  test('goes on from a checkpoint to the same bytes', async () => {
    const straight = await train(input, recordingHooks());
    const first = recordingHooks();
    const killed = train(input, {
      ...first,
      checkpoint: async (bytes, step) => {
        await first.checkpoint(bytes, step);
        first.controller.abort();
      },
    });
    await expect(killed).rejects.toThrow(NseError);
    const resumed = await train(input, { ...recordingHooks(), resume: first.checkpoints.get(7)! });
    expect(resumed).toEqual(straight);
  });

  test('stops within a step when it is told to', async () => {
    const hooks = recordingHooks();
    const progress = jest.fn(() => hooks.controller.abort());
    await expect(train(input, { ...hooks, progress })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(progress).toHaveBeenCalledTimes(1);
  });

  test('frees every tensor but the constants', async () => {
    const short = lasting(0.25);
    await train(short, recordingHooks());
    const before = liveTensors();
    await train({ ...short, seed: 2 }, recordingHooks());
    expect(liveTensors()).toBe(before);
  });
});

const withAlphas = {
  darts: darts({ order: 'first' }),
  proxylessnas: proxyless({ every: 1, warmup: 0 }),
};

describe('methods with architecture parameters', () => {
  // One step only: Adam's first is as long as its learning rate whatever the gradient, later ones may lead back.
  test.each(Object.entries(withAlphas))('%s moves them in every cell', async (_, train) => {
    const { alphas } = await train(lasting(1 / 12), recordingHooks());
    for (const [cell, row] of alphas.entries()) {
      expect(row).toHaveLength(network.cells[cell]!.identity ? 3 : 2);
      expect(Math.max(...row) - Math.min(...row)).toBeGreaterThan(2 * (quick.learningRate - BEGIN));
    }
  });

  test.each(Object.entries(withAlphas))('%s derives an ordinary architecture', async (_, train) => {
    const { architecture, probabilities, options } = await train(input, recordingHooks());
    expect(decodeArchitecture(encodeArchitecture(architecture), network, pool)).toEqual(architecture);
    architecture.forEach((set, cell) => {
      const taken = options[cell]!.findIndex((option) => option.join() === set.join());
      expect(probabilities[cell]![taken]).toBe(Math.max(...probabilities[cell]!));
    });
  });

  test('proxylessnas moves no alpha before its warm-up is over', async () => {
    const { alphas } = await proxyless({ every: 1, warmup: 1 })(input, recordingHooks());
    for (const row of alphas) expect(Math.max(...row.map(Math.abs))).toBeLessThan(BEGIN);
  });

  test('proxylessnas with nothing but the cost to learn from ends at the cheapest options', async () => {
    const costOnly = proxyless({ every: 1, warmup: 0, lambda: 1e6 });
    const { architecture } = await costOnly(lasting(2), recordingHooks());
    architecture.forEach((set, cell) => {
      const { identity } = network.cells[cell]!;
      const costs = input.subsets[cell]!.map((operation) => cost.of(cell, [operation]));
      expect(cost.of(cell, set)).toBe(identity ? 0 : Math.min(...costs));
    });
  });
});

test('a stage of shrinking goes on from the weights of the one before', async () => {
  const first = await trainShrinkStage({ ...lasting(4), stage: 0 }, data, recordingHooks());
  const fewer = input.subsets.map((subset) => subset.slice(0, 2));
  const second = { ...input, subsets: fewer, stage: 1 };
  const on = await trainShrinkStage({ ...second, carried: first.weights }, data, recordingHooks());
  const anew = await trainShrinkStage(second, data, recordingHooks());
  expect(on.subsets).toEqual(fewer);
  expect(on.curve[0]!.loss).toBeLessThan(0.9 * anew.curve[0]!.loss);
});
