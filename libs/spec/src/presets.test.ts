import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  decodeArchitecture,
  firstSpace,
  fitnessChoices,
  latencyCost,
  macroNetwork,
  parseLatencyTable,
  PUBLISHED,
  randomFrom,
  sampleWithin,
  targetBand,
} from '@nse/space';
import { poolOf } from './pool-of.js';
import { parseSpec } from './parse.js';
import { type PresetName, presets } from './presets.js';
import { targetViolations } from './reachable.js';
import { budgetOf } from './budget.js';

const names = Object.keys(presets) as PresetName[];
const published = names.filter((name) => name.startsWith('imagenet'));

/** The paths of all plain values in a spec. */
function leaves(value: unknown, at = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [at];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, at === '' ? key : `${at}.${key}`));
}

/** What a preset leaves to be derived from its other fields. */
const unwritten = (name: PresetName) => {
  const written = new Set(leaves(presets[name]));
  return leaves(parseSpec(presets[name])).filter((field) => !written.has(field));
};

describe('a preset', () => {
  it.each(names)('parses, under its own name: %s', (name) => {
    expect(parseSpec(presets[name]).name).toBe(name);
  });

  it.each(published)('of a published search leaves no setting to defaults: %s', (name) => {
    expect(unwritten(name)).toEqual([]);
  });

  it.each(names)('leaves to defaults only what follows from its data set and its budget: %s', (name) => {
    const derived = [
      'dataset.train',
      'evaluate.extraDrift',
      'fitness.alpha',
      'network.classes',
      'network.imageChannels',
      'network.imageSize',
    ];
    expect(derived).toEqual(expect.arrayContaining(unwritten(name)));
  });
});

describe('the published searches', () => {
  it.each([
    ['imagenet-330m', 22, 'NSENet-27'],
    ['imagenet-330m-72', 22, 'NSENet'],
    ['imagenet-gpu-66ms', 21, 'NSENet-GPU'],
  ] as const)(
    'of %s have %i cells, enough at each place for the network that was found',
    (name, cells, found) => {
      const { network, pool } = parseSpec(presets[name]);
      const result = PUBLISHED[found];
      expect(macroNetwork(network).cells).toHaveLength(cells);
      expect(pool).toBe(result.pool);
      expect(network.widths).toEqual(result.network.widths);
      result.network.depths.forEach((depth, place) => {
        expect(network.depths[place]).toBeGreaterThanOrEqual(depth);
      });
    },
  );

  it('that goes on from the first differs in name, pool and rounds alone', () => {
    const { continueFrom, ...larger } = presets['imagenet-330m-72'];
    expect(continueFrom).toBe('imagenet-330m');
    expect(larger).toEqual({
      ...presets['imagenet-330m'],
      name: 'imagenet-330m-72',
      pool: 'mac72',
      rounds: 3,
    });
  });
});

describe('imagenet-gpu-66ms', () => {
  const spec = parseSpec(presets['imagenet-gpu-66ms']);
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);
  const file = path.join(__dirname, '../../../../shared/data/nse-gpu-lut.json');
  const cost = latencyCost(network, pool, parseLatencyTable(JSON.parse(readFileSync(file, 'utf8'))));

  it('parses without its table, which is looked up when the search is created', () => {
    expect(targetViolations(spec)).toEqual([]);
  });

  it('is priced by the published table, and its first round holds architectures in the band', () => {
    expect(targetViolations(spec, cost)).toEqual([]);
    const { target, drift } = budgetOf(spec.constraint);
    for (const seed of [1, 2, 3]) {
      const { length } = pool.operations;
      const { subsets } = firstSpace(network.cells.length, length, spec.subsetSize, randomFrom(seed));
      const choices = fitnessChoices(network.cells, subsets);
      const random = randomFrom(seed, 'draw');
      const samples = sampleWithin(targetBand(target, drift), { choices, cost, number: 50, random });
      expect(samples).toHaveLength(50);
      for (const { architecture } of samples) {
        expect(Math.abs(cost.total(architecture) - target)).toBeLessThan(drift);
      }
    }
  });

  it('is refused where the target is out of reach', () => {
    const far = { ...spec, constraint: { latency: { table: 'nse-gpu', targetMs: 2000, driftMs: 6 } } };
    expect(targetViolations(far, cost)).toMatchObject([{ field: 'constraint.latency.targetMs' }]);
  });

  it('aims at what the published network takes, give or take 10 %', () => {
    const found = PUBLISHED['NSENet-GPU'];
    const itsNetwork = macroNetwork(found.network);
    const itsCost = latencyCost(itsNetwork, pool, parseLatencyTable(JSON.parse(readFileSync(file, 'utf8'))));
    const ms = itsCost.total(decodeArchitecture(found.code, itsNetwork, pool));
    expect(Math.abs(ms / 66 - 1)).toBeLessThan(0.1);
  });
});
