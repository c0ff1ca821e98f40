import { NseError } from '@nse/space';
import fc from 'fast-check';
import type { Clock } from './clock.js';
import { stopped } from './clock.js';
import { type Bench, settle, type SettleOptions } from './settle.js';
import type { Sight } from './throttle.js';

/** Time passes only by blocks and waits. */
class TestClock implements Clock {
  ms = 0;
  readonly waited: number[] = [];

  now(): number {
    return this.ms;
  }

  wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(stopped(signal));
    this.ms += ms;
    this.waited.push(ms);
    return Promise.resolve();
  }
}

const signal = new AbortController().signal;
const rules = {
  slower: 0.1,
  clockFall: 0.2,
  maxTemperatureC: 80,
  firstWaitMs: 100,
  longestWaitMs: 1_000,
  maxWaitMs: 3_000,
};
const calm: Sight = { conditions: {}, referenceMs: 1 };
const slow: Sight = { conditions: {}, referenceMs: 2 };

function optionsWith(clock: Clock, some: Partial<SettleOptions> = {}): SettleOptions {
  return { within: 0.02, minRuns: 12, maxRuns: 1_000, maxSeconds: 10, rules, clock, ...some };
}

/** Six runs of each model in a block of 100 ms; `sights` in order, calm after the last. */
function benchOf(clock: TestClock, times: (model: number, block: number) => number, sights: Sight[] = []) {
  const blocks: (readonly number[])[] = [];
  const bench: Bench = {
    block: (models) => {
      clock.ms += 100;
      blocks.push(models);
      return Promise.resolve(
        models.map((model) => Array(6).fill(times(model, blocks.length - 1)) as number[]),
      );
    },
    look: () => Promise.resolve(sights.shift() ?? calm),
  };
  return { bench, blocks };
}

describe('settle', () => {
  test('goes on for the models that have not settled, and no longer', async () => {
    const clock = new TestClock();
    // The second model takes ten times as long in its first block.
    const { bench, blocks } = benchOf(clock, (model, block) => (model === 1 && block === 0 ? 50 : 5));
    const [quiet, noisy] = await settle(bench, 2, optionsWith(clock), signal);
    expect(quiet).toMatchObject({ medianMs: 5, lowMs: 5, highMs: 5, runs: 12, settled: true, waits: 0 });
    // Of 18 runs the interval still reaches the 14th, and 6 took 50 ms.
    expect(noisy).toMatchObject({ medianMs: 5, runs: 24, settled: true });
    expect(blocks.slice(0, 2)).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(blocks.slice(2).every((models) => models.length === 1 && models[0] === 1)).toBe(true);
  });

  test('drops a block that was disturbed, waits ever longer, and repeats it', async () => {
    const clock = new TestClock();
    // Calm at first; slow after the first block and for two looks of waiting.
    const { bench, blocks } = benchOf(clock, (_, block) => (block === 0 ? 99 : 5), [
      calm,
      slow,
      slow,
      slow,
      calm,
    ]);
    const [measured] = await settle(bench, 1, optionsWith(clock), signal);
    expect(measured).toMatchObject({ medianMs: 5, highMs: 5, runs: 12, waits: 3, settled: true });
    expect(clock.waited).toEqual([100, 200, 400]);
    expect(blocks).toHaveLength(3);
  });

  test('stops waiting for a device that stays slow, and takes it as it is', async () => {
    const clock = new TestClock();
    const { bench } = benchOf(clock, () => 7, [calm, ...(Array(100).fill(slow) as Sight[])]);
    const [measured] = await settle(bench, 1, optionsWith(clock), signal);
    expect(measured).toMatchObject({ medianMs: 7, runs: 12, settled: true });
    expect(clock.waited.reduce((sum, ms) => sum + ms, 0)).toBe(rules.maxWaitMs);
  });

  test('leaves models at their calm runs where the device stays disturbed, and measures the others as it is', async () => {
    const clock = new TestClock();
    // Calm for two blocks, in which only the first model was; slow ever after.
    const slowAfter = 2;
    const { bench } = benchOf(clock, (model, block) => (block < slowAfter ? 5 : 8) + model);
    const anyways: boolean[] = [];
    let blocks = 0;
    const some: Bench = {
      block: async (models, anyway, given) => {
        anyways.push(anyway);
        blocks++;
        const all = await bench.block(models, anyway, given);
        return all.map((times, place) => (anyway || models[place] === 0 ? times : []));
      },
      look: () => Promise.resolve(blocks <= slowAfter ? calm : slow),
    };
    const options = optionsWith(clock, { minRuns: 24 });
    const [first, second] = await settle(some, 2, options, signal);
    expect(first).toMatchObject({ medianMs: 5, runs: 12, settled: false });
    expect(second).toMatchObject({ medianMs: 9, runs: 24, settled: true });
    expect(anyways.indexOf(true)).toBeGreaterThan(slowAfter);
  });

  test('leaves models at their calm runs where no patience was left from the beginning, too', async () => {
    const clock = new TestClock();
    const { bench, blocks } = benchOf(clock, (_, block) => (block < 2 ? 5 : 8));
    const some: Bench = {
      block: async (models, anyway, given) => {
        const all = await bench.block(models, anyway, given);
        return anyway || blocks.length <= 2 ? all : all.map(() => []);
      },
      look: () => Promise.resolve(blocks.length <= 2 ? calm : slow),
    };
    const options = optionsWith(clock, { minRuns: 24, rules: { ...rules, maxWaitMs: 0 } });
    expect(await settle(some, 1, options, signal)).toMatchObject([{ medianMs: 5, runs: 12, settled: false }]);
    expect(clock.waited).toEqual([]);
  });

  test('takes the times of a model that was never calm once its time is up', async () => {
    const clock = new TestClock();
    const { bench } = benchOf(clock, () => 5);
    const never: Bench = {
      block: async (models, anyway, given) => {
        const all = await bench.block(models, anyway, given);
        return anyway ? all : all.map(() => []);
      },
      look: () => Promise.resolve(calm),
    };
    const [measured] = await settle(never, 1, optionsWith(clock, { maxSeconds: 1 }), signal);
    expect(measured).toMatchObject({ medianMs: 5, runs: 6, settled: false });
  });

  test('gives what it has, not settled, at the limits of time and of runs', async () => {
    const noise = (_: number, block: number) => (block % 2 === 0 ? 5 : 9);
    const clock = new TestClock();
    const late = await settle(benchOf(clock, noise).bench, 1, optionsWith(clock, { maxSeconds: 1 }), signal);
    expect(late).toMatchObject([{ runs: 60, settled: false }]);
    const some = optionsWith(clock, { maxRuns: 30 });
    expect(await settle(benchOf(clock, noise).bench, 1, some, signal)).toMatchObject([
      { runs: 30, settled: false },
    ]);
  });

  test('tells the conditions before and after', async () => {
    const clock = new TestClock();
    const at = (temperatureC: number): Sight => ({ conditions: { temperatureC } });
    const { bench } = benchOf(clock, () => 5, [at(40), at(42), at(44)]);
    expect(await settle(bench, 1, optionsWith(clock), signal)).toMatchObject([
      { before: { temperatureC: 40 }, after: { temperatureC: 44 } },
    ]);
  });

  test('raises ABORTED while it waits, and between blocks', async () => {
    const clock = new TestClock();
    const stop = new AbortController();
    const { bench } = benchOf(clock, () => 5, [calm, slow]);
    const wait = (ms: number, given: AbortSignal) => {
      stop.abort();
      return TestClock.prototype.wait.call(clock, ms, given);
    };
    const waiting = optionsWith({ now: () => clock.now(), wait });
    await expect(settle(bench, 1, waiting, stop.signal)).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(
      settle(benchOf(clock, () => 5).bench, 1, optionsWith(clock), AbortSignal.abort()),
    ).rejects.toBeInstanceOf(NseError);
  });

  test('ends with enough runs of each model, whatever times and disturbances come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: 0.1, max: 100, noNaN: true }), { minLength: 1, maxLength: 50 }),
        fc.array(fc.constantFrom(calm, slow), { maxLength: 60 }),
        async (times, sights) => {
          const clock = new TestClock();
          const { bench } = benchOf(clock, (model, block) => times[(block + model) % times.length]!, [
            ...sights,
          ]);
          const measured = await settle(bench, 2, optionsWith(clock, { maxSeconds: 3 }), signal);
          for (const { medianMs, lowMs, highMs, runs, settled } of measured) {
            expect(lowMs).toBeLessThanOrEqual(medianMs);
            expect(highMs).toBeGreaterThanOrEqual(medianMs);
            expect(runs).toBeGreaterThanOrEqual(settled ? 12 : 6);
          }
          const waited = clock.waited.reduce((sum, ms) => sum + ms, 0);
          expect(waited).toBeLessThanOrEqual(rules.maxWaitMs);
        },
      ),
    );
  });
});
