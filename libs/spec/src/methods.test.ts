import { createHash } from 'node:crypto';
import { NseError, POOLS } from '@nse/space';
import {
  DARTS,
  DARTS_TRAINING,
  ONE_SHOT_TRAINING,
  PATH_DROPOUT,
  PROXYLESS,
  PROXYLESS_TRAINING,
  SHRINK,
  SPOS_EVOLUTION,
  SPOS_TRAINING,
} from '@nse/strategies';
import fc from 'fast-check';
import { branchesOf, isWholePool, type Method, methods } from './methods.js';
import { withOverrides } from './overrides.js';
import { parseSpec } from './parse.js';
import { type PresetName, presets } from './presets.js';
import { targetViolations } from './reachable.js';
import { roundEpochs } from './space-size.js';

const minimal = {
  name: 'small',
  dataset: { kind: 'mnist' },
  network: { plan: 'NR', depths: [0, 0, 1, 0, 1], widths: [8, 16, 24, 32, 40] },
  constraint: { macs: { target: 3e6, drift: 0.5e6 } },
};
const of = (method: string, more: object = {}) => parseSpec({ ...minimal, method, ...more });
const others = methods.filter(isWholePool);
const fields = ['darts', 'proxylessnas', 'oneShot', 'evolution', 'shrink'] as const;

function faults(value: unknown): Record<string, string> {
  try {
    parseSpec(value);
  } catch (error) {
    const { violations } = NseError.from(error);
    return Object.fromEntries(violations.map(({ field, description }) => [field, description]));
  }
  return {};
}

const digest = (value: unknown) =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

describe('specs of nse and nse-single', () => {
  // By the parser as it was before there were other methods: stored specs are compared with new ones.
  it.each([
    ['fashion-mnist', 'b52b0432ec8efdbc', 'f407517c1a3dc9b3'],
    ['fashion-mnist-quick', 'e611cdae88709c0e', '86374519f6dde546'],
    ['cifar10', 'ff087fb2fbea56aa', '91eb15de4e119ee9'],
    ['imagenet-330m', '017ce20ca701db54', '085fe817f4aa5b23'],
    ['imagenet-330m-72', 'c0cde61f977e40b6', 'e2c94405ec98dd36'],
    ['imagenet-gpu-66ms', '474d557a4fa46917', '9f66919348a7a691'],
  ])('resolve to the same text as ever: %s', (name, multi, single) => {
    const preset = presets[name as PresetName];
    expect(digest(parseSpec(preset))).toBe(multi);
    expect(digest(parseSpec({ ...preset, method: 'nse-single' }))).toBe(single);
  });

  it('also where all is left to defaults', () => {
    expect(digest(parseSpec(minimal))).toBe('ffceb4cf0c82df43');
  });

  it('hold no setting of another method, even where one is written', () => {
    const spec = of('nse', { evolution: { population: 9 }, darts: { order: 'first' } });
    expect(spec).toEqual(parseSpec(minimal));
  });
});

describe('a method over the whole pool', () => {
  it.each(others)('has all operations from the beginning, whatever K and rounds say: %s', (method) => {
    const spec = of(method, { subsetSize: 3, rounds: 4 });
    expect(spec.subsetSize).toBe(27);
    expect(spec.rounds).toBe(method === 'shrink' ? 23 : 1);
    const own = { kind: 'Conv', kernel: 5, expansion: 2 };
    const chosen = of(method, { pool: 'mac72', onlyOperations: [5, 60, 1], addOperations: [own] });
    expect([chosen.subsetSize, chosen.rounds]).toEqual([4, 1]);
  });

  it.each(others)('is single-branch, so dear targets are out of its reach: %s', (method) => {
    expect(branchesOf(method)).toBe('nse-single');
    const { constraint, network } = of('nse', { constraint: { macs: { target: 30e6, drift: 1e6 } } });
    const spec = { ...of(method), constraint, network };
    expect(targetViolations(spec)).toMatchObject([{ field: 'constraint.macs.target' }]);
    expect(targetViolations({ ...spec, method: 'nse' })).toEqual([]);
  });

  it.each(others)('goes on from no other search: %s', (method) => {
    expect(faults({ ...minimal, method, continueFrom: 'old' })).toEqual({
      continueFrom: expect.stringContaining(`${method} has the whole pool`) as string,
    });
  });

  it.each(Object.keys(presets) as PresetName[])('can be asked for in place of nse in preset %s', (name) => {
    const preset = { ...presets[name], continueFrom: undefined };
    for (const method of others) {
      const spec = parseSpec(withOverrides(preset, { method }));
      expect(spec.method).toBe(method);
      expect(spec.train).toEqual(parseSpec(presets[name]).train);
    }
  });
});

describe('what a spec leaves open', () => {
  it.each([
    ['darts', DARTS_TRAINING, { darts: DARTS }],
    ['proxylessnas', PROXYLESS_TRAINING, { proxylessnas: PROXYLESS }],
    ['spos', SPOS_TRAINING, { evolution: SPOS_EVOLUTION }],
    ['one-shot', ONE_SHOT_TRAINING, { oneShot: PATH_DROPOUT }],
    ['shrink', SPOS_TRAINING, { evolution: SPOS_EVOLUTION, shrink: SHRINK }],
    ['random', SPOS_TRAINING, {}],
  ])('is as published for the method: %s', (method, training, settings) => {
    const spec = of(method);
    expect(spec.train).toMatchObject(training);
    const present = fields.filter((field) => field in spec);
    expect(Object.fromEntries(present.map((field) => [field, spec[field]]))).toEqual(settings);
  });

  it('is filled field by field beside what is written', () => {
    const train = { epochs: 3, learningRate: { peak: 0.05, start: 0.01 } };
    const spec = of('darts', { train, darts: { order: 'first' } });
    expect(spec.train).toMatchObject({
      epochs: 3,
      batchSize: 64,
      learningRate: { start: 0.01, peak: 0.05, final: 0, warmupEpochs: 0 },
      weightDecay: 3e-4,
    });
    expect(spec.darts).toEqual({ ...DARTS, order: 'first' });
  });
});

describe('shrinking', () => {
  it('has a round for each drop and one more to search what is left, and trains as long as each asks', () => {
    const spec = of('shrink', { shrink: { keep: 7, drop: 8, furtherEpochs: 0.5 }, train: { epochs: 2 } });
    expect(spec.rounds).toBe(4);
    expect([1, 2, 4].map((round) => roundEpochs(spec, round))).toEqual([2, 0.5, 0.5]);
    expect(roundEpochs(of('nse', { train: { epochs: 2 } }), 3)).toBe(2);
  });

  it('drops nothing from a pool that is small already', () => {
    expect(of('shrink', { onlyOperations: [0, 20, 26] }).rounds).toBe(1);
  });
});

const settings = fc.record(
  {
    darts: fc.record(
      { order: fc.constantFrom('first', 'second'), clip: fc.double({ min: 0.1, max: 9 }) },
      { requiredKeys: [] },
    ),
    proxylessnas: fc.record(
      { every: fc.integer({ min: 1, max: 9 }), warmup: fc.double({ min: 0, max: 1 }) },
      { requiredKeys: [] },
    ),
    oneShot: fc.record({ rate: fc.double({ min: 0, max: 0.9 }) }, { requiredKeys: [] }),
    evolution: fc.record({ population: fc.integer({ min: 1, max: 99 }) }, { requiredKeys: [] }),
    shrink: fc.record(
      { keep: fc.integer({ min: 1, max: 30 }), drop: fc.integer({ min: 1, max: 30 }) },
      { requiredKeys: [] },
    ),
    subsetSize: fc.integer({ min: 2, max: 5 }),
    rounds: fc.integer({ min: 1, max: 9 }),
    pool: fc.constantFrom(...Object.keys(POOLS)),
    train: fc.record(
      {
        epochs: fc.double({ min: 0.1, max: 9 }),
        learningRate: fc.record({ peak: fc.double({ min: 0.01, max: 1 }) }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

it('a resolved spec parses to itself, whatever the method and its settings', () => {
  fc.assert(
    fc.property(fc.constantFrom<Method>(...methods), settings, (method, more) => {
      const written = { ...minimal, method, ...more };
      if (Object.keys(faults(written)).length > 0) return;
      const spec = parseSpec(written);
      const again = parseSpec(JSON.parse(JSON.stringify(spec)));
      expect(again).toEqual(spec);
      expect(JSON.stringify(parseSpec(again))).toBe(JSON.stringify(again));
    }),
  );
});

it.each([
  ['darts', { darts: { order: 'third' } }, 'darts.order'],
  ['proxylessnas', { proxylessnas: { warmup: 2 } }, 'proxylessnas.warmup'],
  ['one-shot', { oneShot: { rate: 1 } }, 'oneShot.rate'],
  ['spos', { evolution: { generations: 0 } }, 'evolution.generations'],
  ['shrink', { shrink: { keep: 0 } }, 'shrink.keep'],
  ['nse', { shrink: { sample: 1 } }, 'shrink.sample'],
])('a wrong setting of %s is named', (method, more, field) => {
  expect(Object.keys(faults({ ...minimal, method, ...more }))).toEqual([field]);
});
