import {
  type CostBand,
  decodeArchitecture,
  encodeArchitecture,
  inBand,
  macsCost,
  targetBand,
} from '@nse/space';
import fc from 'fast-check';

import { type ScoreCodes, uniformArchitectures } from './candidates.js';
import { type EvolutionInput, type EvolutionState } from './evolution.js';
import { evolve, type EvolutionHooks } from './evolve.js';
import { wholePool } from './options.js';
import { SPOS_EVOLUTION } from './published.js';
import { randomSearch } from './random-search.js';
import { cost, network, pool, space } from './tiny.fixture.js';

const whole = { ...space, subsets: wholePool(network, pool), band: targetBand(600e3, 100e3) };
const settings = {
  ...SPOS_EVOLUTION,
  population: 12,
  generations: 4,
  parents: 4,
  crossovers: 6,
  mutations: 6,
};
const input: EvolutionInput = { ...whole, settings };

/** Made-up accuracies: operations with low numbers are the good ones. */
const score: ScoreCodes = (codes) =>
  Promise.resolve(
    codes.map((code) => {
      const architecture = decodeArchitecture(code, network, pool);
      return 1 - architecture.flat().reduce((sum, operation) => sum + operation, 0) / 200;
    }),
  );

function hooks(resume?: EvolutionState): EvolutionHooks & { readonly states: EvolutionState[] } {
  const states: EvolutionState[] = [];
  return {
    states,
    signal: new AbortController().signal,
    progress: () => undefined,
    checkpoint: (state) => {
      states.push(JSON.parse(JSON.stringify(state)) as EvolutionState);
      return Promise.resolve();
    },
    ...(resume && { resume }),
  };
}

const bands = fc
  .record({ target: fc.integer({ min: 250, max: 3000 }), drift: fc.integer({ min: 20, max: 200 }) })
  .map(({ target, drift }) => targetBand(target * 1e3, drift * 1e3));

/** Every code asked for lies in the band, is single-branch and comes once. */
function expectWithin(codes: readonly string[], band: CostBand): void {
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of codes) {
    const architecture = decodeArchitecture(code, network, pool);
    expect(inBand(band, cost.total(architecture))).toBe(true);
    for (const set of architecture) expect(set.length).toBeLessThanOrEqual(1);
    expect(encodeArchitecture(architecture)).toBe(code);
  }
}

describe('evolve', () => {
  test('asks for nothing outside the band, and for nothing twice, whatever the scores', async () => {
    await fc.assert(
      fc.asyncProperty(bands, fc.integer({ min: 0, max: 1e6 }), async (band, seed) => {
        const asked: string[] = [];
        const noisy: ScoreCodes = (codes) => {
          asked.push(...codes);
          return Promise.resolve(codes.map((code, index) => ((code.length * 7 + index * seed) % 101) / 101));
        };
        const scored = await evolve({ ...input, band, seed }, noisy, hooks());
        expectWithin(asked, band);
        expect(scored.map(({ code }) => code).toSorted()).toEqual(asked.toSorted());
      }),
      { numRuns: 25 },
    );
  });

  test('keeps to limits beside the band, in every generation', async () => {
    const limits = [{ cost: macsCost(network, pool), below: 600e3 }];
    const asked: string[] = [];
    const watched: ScoreCodes = (codes) => {
      asked.push(...codes);
      return score(codes);
    };
    await evolve({ ...input, limits }, watched, hooks());
    expect(asked).toHaveLength(settings.population * settings.generations);
    for (const code of asked) expect(cost.total(decodeArchitecture(code, network, pool))).toBeLessThan(600e3);
  });

  test('goes on from any generation, as JSON, to the same result', async () => {
    const straight = hooks();
    const result = await evolve(input, score, straight);
    expect(straight.states).toHaveLength(settings.generations);
    for (const state of straight.states) expect(await evolve(input, score, hooks(state))).toEqual(result);
  });

  test('finds better ones than as many random draws', async () => {
    const published = { ...input, settings: { ...SPOS_EVOLUTION, generations: 8 } };
    const [best] = await evolve(published, score, hooks());
    const [random] = await randomSearch(whole, 8 * SPOS_EVOLUTION.population, score);
    expect(best!.accuracy).toBeGreaterThan(random!.accuracy);
  });

  test('scores a whole population in each generation where the band holds enough', async () => {
    const watching = hooks();
    const scored = await evolve(input, score, watching);
    for (const { asked } of watching.states) expect(asked).toHaveLength(settings.population);
    expect(scored).toHaveLength(settings.population * settings.generations);
    expect(scored.map(({ accuracy }) => accuracy)).toEqual(
      scored.map(({ accuracy }) => accuracy).toSorted((a, b) => b - a),
    );
  });

  test('ends early where the band holds nothing new', async () => {
    const few = network.cells.map(({ index }) => (index < 3 ? [0, 9] : [0]));
    const open = { above: 0, below: 1e9, belowIncluded: false };
    const scored = await evolve({ ...input, subsets: few, band: open }, score, hooks());
    const options = network.cells.map(({ identity }, cell) => few[cell]!.length + Number(identity));
    expect(scored).toHaveLength(options.reduce((product, size) => product * size, 1));
  });

  test('fails with BudgetUnreachable for a band that holds nothing', async () => {
    const nothing = { ...input, band: targetBand(1e9, 1) };
    await expect(evolve(nothing, score, hooks())).rejects.toMatchObject({ reason: 'BudgetUnreachable' });
  });

  test('stops between generations when it is told to', async () => {
    const controller = new AbortController();
    const watching = { ...hooks(), signal: controller.signal, progress: () => controller.abort() };
    await expect(evolve(input, score, watching)).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('refuses a generation with a score missing', async () => {
    await expect(evolve(input, () => Promise.resolve([0.5]), hooks())).rejects.toMatchObject({
      code: 'INTERNAL',
    });
  });
});

describe('uniformArchitectures', () => {
  test('stay within the band', () => {
    fc.assert(
      fc.property(bands, fc.integer(), (band, seed) => {
        const drawn = uniformArchitectures({ ...whole, band, seed }, 20);
        expectWithin(
          drawn.map(({ code }) => code),
          band,
        );
      }),
      { numRuns: 25 },
    );
  });
});

test('randomSearch asks for the same codes again and gives the best first', async () => {
  const asked: (readonly string[])[] = [];
  const watched: ScoreCodes = (codes) => {
    asked.push(codes);
    return score(codes);
  };
  const found = await randomSearch(whole, 30, watched);
  await randomSearch(whole, 30, watched);
  expect(asked[0]).toEqual(asked[1]);
  expect(found).toHaveLength(30);
  expect(found[0]!.accuracy).toBe(Math.max(...found.map(({ accuracy }) => accuracy)));
});
