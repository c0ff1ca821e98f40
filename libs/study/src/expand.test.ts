import fc from 'fast-check';
import { methods, poolOf } from '@nse/spec';
import { stepsByRound } from './budget.js';
import { runsOf } from './expand.js';
import { merged } from './merge.js';
import { parseStudy } from './parse.js';
import { nestedPools } from './pools.js';
import { sampleFields, sampleStudy } from './testing/samples.js';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe('the runs of a study', () => {
  it('are every method on every pool with every seed, seed by seed, and every variant', () => {
    const study = sampleStudy({
      variants: [{ name: 'k-3', methods: ['nse'], poolSizes: [9], set: { subsetSize: 3 } }],
    });
    expect(runsOf(study).map(({ name }) => name)).toEqual([
      'nse-p5-s1',
      'nse-single-p5-s1',
      'nse-p9-s1',
      'nse-single-p9-s1',
      'k-3-nse-p9-s1',
      'nse-p5-s2',
      'nse-single-p5-s2',
      'nse-p9-s2',
      'nse-single-p9-s2',
      'k-3-nse-p9-s2',
    ]);
  });

  it('have ids of searches that are theirs alone, valid and the same each time', () => {
    const study = sampleStudy({
      name: 'a-name-that-is-long-23-' + 'x',
      axes: { ...sampleFields.axes, poolSizes: [5, 9, 18, 27] },
    });
    const ids = runsOf(study).map(({ search }) => search);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$/);
    expect(runsOf(study).map(({ search }) => search)).toEqual(ids);
    const longer = runsOf({ ...study, budget: { steps: 700 } });
    for (const { search } of longer) expect(ids).not.toContain(search);
  });

  it('are trained for the same steps within rounding, whatever the method, the pool and K', () => {
    const study = sampleStudy({
      axes: { methods: [...methods], poolSizes: [5, 9, 18, 27], seeds: [1] },
      variants: [3, 9].map((subsetSize) => ({
        name: `k-${subsetSize}`,
        methods: ['nse'],
        set: { subsetSize },
      })),
      budget: { steps: 1000 },
    });
    const runs = runsOf(study);
    expect(runs).toHaveLength(methods.length * 4 + 8);
    for (const { spec, name } of runs) {
      const steps = stepsByRound(spec);
      expect(steps).toHaveLength(spec.rounds);
      expect([name, Math.abs(sum(steps) - 1000) <= spec.rounds / 2]).toEqual([name, true]);
      expect(spec.train.learningRate.warmupEpochs / spec.train.epochs).toBeCloseTo(0.1, 12);
    }
    expect(stepsByRound(runs.find(({ name }) => name === 'shrink-p27-s1')!.spec).slice(0, 3)).toEqual([
      472, 24, 24,
    ]);
  });

  it('are trained for the same steps for any budget, K and what shrinking keeps and drops', () => {
    const fields = fc.record({
      steps: fc.integer({ min: 60, max: 20_000 }),
      subsetSize: fc.integer({ min: 2, max: 9 }),
      keep: fc.integer({ min: 1, max: 9 }),
      drop: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fields, ({ steps, subsetSize, keep, drop }) => {
        const study = sampleStudy({
          base: { preset: 'fashion-mnist', set: { subsetSize, shrink: { keep, drop } } },
          axes: { methods: ['nse', 'spos', 'shrink'], poolSizes: [9, 27], seeds: [1] },
          budget: { steps },
        });
        for (const { spec } of runsOf(study)) {
          expect(Math.abs(sum(stepsByRound(spec)) - steps)).toBeLessThanOrEqual(spec.rounds / 2);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('have rounds by the formula and K of at most their pool', () => {
    const study = sampleStudy({
      axes: { methods: ['nse'], poolSizes: [3, 5, 9, 27], seeds: [1] },
      base: { preset: 'fashion-mnist', set: { constraint: { macs: { target: 4e6, drift: 2e6 } } } },
    });
    expect(runsOf(study).map(({ spec }) => [spec.subsetSize, spec.rounds])).toEqual([
      [3, 1],
      [5, 1],
      [5, 2],
      [5, 6],
    ]);
  });

  it('of one seed share their pools, the smaller within the larger, the whole one as it is', () => {
    const study = sampleStudy({
      axes: { methods: ['nse', 'nse-single'], poolSizes: [5, 9, 18, 27], seeds: [1, 2] },
    });
    const runs = runsOf(study);
    const poolsOf = (seed: number, size: number) => [
      ...new Set(
        runs
          .filter((run) => run.seed === seed && run.poolSize === size)
          .map(({ spec }) => JSON.stringify(spec.onlyOperations ?? null)),
      ),
    ];
    for (const seed of [1, 2]) {
      for (const size of [5, 9, 18, 27]) expect(poolsOf(seed, size)).toHaveLength(1);
      const [five, nine, eighteen] = [5, 9, 18].map(
        (size) => JSON.parse(poolsOf(seed, size)[0]!) as number[],
      );
      expect(nine).toEqual(expect.arrayContaining(five!));
      expect(eighteen).toEqual(expect.arrayContaining(nine!));
      expect(poolsOf(seed, 27)).toEqual(['null']);
    }
    expect(poolsOf(1, 9)).not.toEqual(poolsOf(2, 9));
    for (const { spec, poolSize } of runs) expect(poolOf(spec).operations).toHaveLength(poolSize);
  });

  it('score so many architectures in all where the budget says so, or nearly', () => {
    const study = sampleStudy({
      axes: { methods: [...methods], poolSizes: [5, 27], seeds: [1] },
      ofMethod: { shrink: { shrink: { drop: 4 } } },
      budget: { steps: 600, architectures: 240 },
    });
    const scored = runsOf(study).map(({ method, spec: { evaluate, evolution, shrink, rounds } }) => {
      if (method === 'darts' || method === 'proxylessnas') return 240;
      const bred = evolution === undefined ? 0 : evolution.population * evolution.generations;
      if (evolution === undefined) return evaluate.architectures * rounds;
      return bred + (shrink === undefined ? 0 : shrink.samples * (rounds - 1));
    });
    for (const number of scored) expect(Math.abs(number - 240)).toBeLessThanOrEqual(24);
    const { evolution } = runsOf(study).find(({ method }) => method === 'spos')!.spec;
    expect(evolution).toMatchObject({
      population: 12,
      generations: 20,
      parents: 2,
      crossovers: 6,
      mutations: 6,
    });
  });

  it('take what is further asked for where it is asked for', () => {
    const study = sampleStudy({
      variants: [{ name: 'k-3', methods: ['nse'], set: { subsetSize: 3 } }],
      rank: { methods: ['nse'], poolSizes: [9], seeds: [1], variants: ['plain', 'k-3'], epochs: 0.5 },
      fronts: { retrain: 2 },
    });
    const runs = runsOf(study);
    expect(runs.flatMap(({ name, rank }) => (rank === undefined ? [] : [name]))).toEqual([
      'nse-p9-s1',
      'k-3-nse-p9-s1',
    ]);
    expect(runs.find(({ rank }) => rank !== undefined)?.rank).toEqual({ architectures: 20, epochs: 0.5 });
    expect(runs.filter(({ fronts }) => fronts !== undefined).map(({ variant }) => variant)).toEqual(
      Array(8).fill(null),
    );
  });

  it('are refused where the base is no sound spec, with the field and a run that shows it', () => {
    const study = sampleStudy({ base: { preset: 'fashion-mnist', set: { train: { momentum: 2 } } } });
    expect(() => runsOf(study)).toThrow(/base\.train\.momentum \(run nse-p5-s1\): got 2/);
    expect(() => runsOf(sampleStudy({ axes: { ...sampleFields.axes, poolSizes: [28] } }))).toThrow(
      'axes.poolSizes: got 28; the pool has 27 operations',
    );
  });

  it('are refused where no pool of that size can meet the budget', () => {
    const study = sampleStudy({
      base: { preset: 'fashion-mnist', set: { constraint: { macs: { target: 90e6, drift: 1e5 } } } },
    });
    expect(() => runsOf(study)).toThrow(/run nse-p5-s1/);
  });
});

describe('nested pools', () => {
  it('are parts of the pool and of each other, whatever the sizes', () => {
    const sizes = fc.uniqueArray(fc.integer({ min: 1, max: 27 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 99 }), (wanted, seed) => {
        const places = Array.from({ length: 27 }, (_, place) => place);
        const pools = nestedPools(places, wanted, { study: 1, seed, attempt: 0 });
        const rising = wanted.toSorted((a, b) => a - b).map((size) => pools.get(size)!);
        rising.forEach((pool, index) => {
          expect(new Set(pool).size).toBe(wanted.toSorted((a, b) => a - b)[index]);
          expect(places).toEqual(expect.arrayContaining([...pool]));
          if (index > 0) expect(pool).toEqual(expect.arrayContaining([...rising[index - 1]!]));
        });
      }),
    );
  });
});

describe('a study', () => {
  it('is refused with every wrong field at once', () => {
    const wrong = {
      ...sampleFields,
      base: { preset: 'fashion-mnist', spec: {} },
      axes: { ...sampleFields.axes, seeds: [1, 1] },
      budget: { steps: 0 },
      more: 1,
    };
    const fields = () => {
      try {
        parseStudy(wrong);
        return [];
      } catch (error) {
        return (error as { violations: { field: string }[] }).violations.map(({ field }) => field);
      }
    };
    expect(fields().sort()).toEqual(['axes.seeds', 'base', 'budget.steps', 'more']);
  });

  it('is refused where a part names what the axes do not have', () => {
    expect(() => sampleStudy({ rank: { methods: ['spos'] } })).toThrow(
      'rank.methods: got spos; axes.methods has nse, nse-single',
    );
    expect(() => sampleStudy({ fronts: { retrain: 2, variants: ['k-3'] } })).toThrow(
      'fronts.variants: got k-3',
    );
    expect(() => sampleStudy({ plain: false })).toThrow('plain: got false');
  });
});

describe('a patch', () => {
  it('goes through objects field by field, replaces all else, and takes away what is null', () => {
    expect(merged({ a: { b: 1, c: [1, 2] }, d: 1 }, { a: { c: [3] } }, { d: null, e: { f: null } })).toEqual({
      a: { b: 1, c: [3] },
      e: {},
    });
  });
});
