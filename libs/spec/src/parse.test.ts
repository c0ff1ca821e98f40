import { NseError } from '@nse/space';
import fc from 'fast-check';
import { parseSpec, parseSpecText } from './parse.js';
import { presets } from './presets.js';

const minimal = {
  name: 'small',
  dataset: { kind: 'mnist' },
  network: { plan: 'NR', depths: [0, 0, 1, 0, 1], widths: [8, 16, 24, 32, 40] },
  constraint: { macs: { target: 3e6, drift: 0.5e6 } },
};

/** The spec `minimal` with the value at a path of fields replaced. */
function changed(path: string, value: unknown): unknown {
  const keys = path.split('.');
  const set = (node: unknown, [key = '', ...rest]: string[]): unknown => ({
    ...(node as object),
    [key]: rest.length === 0 ? value : set((node as Record<string, unknown>)[key] ?? {}, rest),
  });
  return set(minimal, keys);
}

function violationsOf(value: unknown): Record<string, string> {
  try {
    parseSpec(value);
  } catch (error) {
    expect(error).toBeInstanceOf(NseError);
    expect((error as NseError).code).toBe('INVALID_ARGUMENT');
    const { violations } = error as NseError;
    return Object.fromEntries(violations.map(({ field, description }) => [field, description]));
  }
  return {};
}

describe('parseSpec', () => {
  it('fills every default', () => {
    const spec = parseSpec(minimal);
    expect(spec.rounds).toBe(6);
    expect(spec.dataset).toEqual({ kind: 'mnist', train: 50_000, heldOut: 10_000 });
    expect(spec.network).toMatchObject({ imageSize: 28, imageChannels: 1, classes: 10, tailChannels: 1024 });
    expect(spec.train).toMatchObject({ augment: 'shift', momentum: 0.9, weightDecay: 4e-5 });
    expect(spec.train.learningRate).toEqual({ start: 0.025, peak: 0.1, final: 0, warmupEpochs: 0.2 });
    expect(spec.evaluate).toMatchObject({ extraDrift: 0.5e6, images: 10_000 });
    expect(spec.fitness.alpha).toBeCloseTo(1e-3 / 0.25, 12);
  });

  it.each(Object.entries(presets))('takes its own result for a spec: %s', (_, preset) => {
    const spec = parseSpec(preset);
    expect(parseSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  it('freezes the spec all the way down', () => {
    const spec = parseSpec(minimal);
    expect(Object.isFrozen(spec.network.depths)).toBe(true);
    expect(Object.isFrozen(spec.train.learningRate)).toBe(true);
  });

  it('names every wrong field at once, of single fields and between fields', () => {
    const found = violationsOf({
      ...minimal,
      name: 'Not A Name',
      seed: -1,
      method: 'enas',
      speed: 3,
      '': 1,
      network: { plan: 'NR', depths: [0, 0, 2.5, 0, 1], widths: [8, 16], tailChannel: 3 },
      constraint: {},
      train: { epochs: 0, learningRate: { peak: '0.1' } },
    });
    expect(found).toEqual({
      name: 'got "Not A Name"; needs lower-case letters, digits and inner dashes, at most 40',
      seed: 'got -1; needs at least 0',
      method: 'got "enas"; needs one of nse, nse-single, darts, proxylessnas, spos, one-shot, shrink, random',
      speed: 'unknown field',
      '""': 'unknown field',
      'network.depths[2]': 'got 2.5; needs a whole number',
      'network.tailChannel': 'unknown field',
      'network.widths': 'got 2 numbers; needs 5 with plan NR',
      constraint: 'got neither; needs macs, latency or both',
      'train.epochs': 'got 0; needs more than 0',
      'train.learningRate.peak': 'got "0.1"; needs a number',
    });
  });

  it.each([
    ['a depth too few', 'network.depths', [1, 1, 1, 1], 'network.depths'],
    ['more operations in a cell than the pool has', 'subsetSize', 28, 'subsetSize'],
    ['an unknown pool', 'pool', 'mac28', 'pool'],
    ['images of another size', 'network.imageSize', 32, 'network.imageSize'],
    ['images of other channels', 'network.imageChannels', 3, 'network.imageChannels'],
    ['another number of classes', 'network.classes', 100, 'network.classes'],
    ['no image left to train on', 'dataset.heldOut', 60_000, 'dataset.heldOut'],
    ['more images than there are', 'dataset.train', 50_001, 'dataset.heldOut'],
    ['a fitness batch larger than its split', 'fitness.batchSize', 10_001, 'fitness.batchSize'],
    ['more scored images than held out', 'evaluate.images', 10_001, 'evaluate.images'],
    [
      'more calibration than training images',
      'evaluate.calibrationBatches',
      201,
      'evaluate.calibrationBatches',
    ],
    [
      'a warm-up longer than the training',
      'train.learningRate.warmupEpochs',
      3,
      'train.learningRate.warmupEpochs',
    ],
    ['a final rate above the peak', 'retrain.learningRate.final', 0.2, 'retrain.learningRate.final'],
    ['crops of images in memory', 'train.augment', 'imagenet', 'train.augment'],
    ['a band that reaches nothing', 'constraint.macs.drift', 3e6, 'constraint.macs.drift'],
    ['a target that no architecture meets', 'constraint.macs.target', 1e12, 'constraint.macs.target'],
    [
      'a target below the cheapest network',
      'constraint.macs',
      { target: 1e3, drift: 10 },
      'constraint.macs.target',
    ],
    ['no budget', 'constraint', {}, 'constraint'],
    ['a latency by nothing', 'constraint', { latency: { targetMs: 1 } }, 'constraint.latency'],
    ['a latency without a target', 'constraint', { latency: { device: 'host' } }, 'constraint.latency'],
    [
      'a target that is like no architecture',
      'constraint',
      { latency: { device: 'host', likeMacs: 1e12 } },
      'constraint.latency.likeMacs',
    ],
    [
      'a drift above the target',
      'constraint',
      { latency: { device: 'host', targetMs: 1, driftMs: 1 } },
      'constraint.latency.driftMs',
    ],
    [
      'measurements without a device',
      'constraint',
      { latency: { table: 't', targetMs: 1, remeasure: 3 } },
      'constraint.latency.remeasure',
    ],
    [
      'a limit of MACs that no architecture keeps',
      'constraint',
      { latency: { device: 'host', targetMs: 1 }, macs: { target: 1e3, drift: 10 } },
      'constraint.macs.target',
    ],
    [
      'a table that is a path',
      'constraint',
      { latency: { table: '../t', targetMs: 1, driftMs: 0.1 } },
      'constraint.latency.table',
    ],
    ['no number', 'seed', Number.NaN, 'seed'],
    ['no rounds', 'rounds', 0, 'rounds'],
    ['a search to go on from that can be none', 'continueFrom', 'Old/One', 'continueFrom'],
    ['a folder without path', 'dataset.kind', 'folder', 'dataset.path'],
  ])('refuses %s', (_, path, value, field) => {
    expect(Object.keys(violationsOf(changed(path, value)))).toContain(field);
  });

  it('does not blame fields within a part that is wrong as a whole', () => {
    const spec = { ...minimal, dataset: { kind: 'folder', path: '/images' }, network: 5 };
    expect(violationsOf(spec)).toEqual({ network: 'got 5; needs an object with fields' });
  });

  it('says what costs are possible when the target is not', () => {
    const found = violationsOf(changed('constraint.macs.target', 1e12));
    expect(found['constraint.macs.target']).toMatch(/^got 1000000000000; .* cost from \d+ to \d+ macs$/);
  });

  it('refuses grouped convolutions that do not divide the width', () => {
    const odd = { ...minimal, pool: 'mac72', network: { ...minimal.network, widths: [7, 16, 24, 32, 40] } };
    expect(violationsOf(odd)).not.toEqual({});
  });

  it('leaves the number of rounds to the search that it goes on from, but for what is asked', () => {
    const spec = parseSpec(changed('continueFrom', 'old-one'));
    expect(spec).toMatchObject({ continueFrom: 'old-one', rounds: 0 });
    expect(parseSpec(spec)).toEqual(spec);
    expect(parseSpec({ ...spec, rounds: 3 }).rounds).toBe(3);
    expect(parseSpec(minimal)).not.toHaveProperty('continueFrom');
  });

  it('leaves the number of own images to their files', () => {
    const spec = parseSpec(changed('dataset.path', '/some/folder'));
    expect(spec.dataset).toEqual({ kind: 'mnist', path: '/some/folder', heldOut: 10_000 });
  });

  it('answers anything with a spec or INVALID_ARGUMENT that names a field', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withMap: true }), (value) => {
        expect(Object.keys(violationsOf(value)).length).toBeGreaterThan(0);
      }),
    );
  });

  it('answers any value of any field with a spec or that field', () => {
    const paths = [
      'name',
      'rounds',
      'continueFrom',
      'dataset',
      'network',
      'network.widths',
      'constraint',
      'evaluate.workers',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.anything(), (path, value) => {
        const fields = Object.keys(violationsOf(changed(path, value)));
        expect(fields.every((field) => field.startsWith(path.split('.')[0] ?? ''))).toBe(true);
      }),
    );
  });
});

describe('parseSpecText', () => {
  it('reads YAML and JSON alike', () => {
    const yaml = `
name: small
dataset: { kind: mnist }
network: { plan: NR, depths: [0, 0, 1, 0, 1], widths: [8, 16, 24, 32, 40] }
constraint: { macs: { target: 3.0e6, drift: 0.5e6 } }
`;
    expect(parseSpecText(yaml)).toEqual(parseSpecText(JSON.stringify(minimal)));
  });

  it('says where a text is not YAML', () => {
    expect(() => parseSpecText('name: a\nseed: [1')).toThrow(/not a YAML or JSON text: .*line 2/);
  });

  it.each(['', 'seed: 1\nseed: 2', '- 1', '!!binary x', '&a [*a]'])('refuses %j', (text) => {
    expect(() => parseSpecText(text)).toThrow(NseError);
  });
});
