import { secondsLeft } from './time-left.js';

const run = (method: string, poolSize: number, seed = 1) => ({
  ...{ name: `${method}-p${poolSize}-s${seed}`, method, poolSize },
});
const result = (name: string, seconds: number) => ({
  ...{ run: name, startedAt: '2026-01-01T00:00:00.000Z' },
  endedAt: new Date(Date.parse('2026-01-01T00:00:00Z') + 1000 * seconds).toISOString(),
});

describe('secondsLeft', () => {
  it('is unknown before a run is over, and nothing once all are', () => {
    const runs = [run('nse', 5)];
    expect(secondsLeft(runs, [])).toBeUndefined();
    expect(secondsLeft(runs, [result('nse-p5-s1', 10)])).toBe(0);
  });

  it('goes by the runs of the same method and pool, of which one that was stopped for a night does not count', () => {
    const runs = [run('nse', 5), run('nse', 5, 2), run('nse', 5, 3), run('nse', 5, 4)];
    const results = [result('nse-p5-s1', 10), result('nse-p5-s2', 40_000), result('nse-p5-s3', 12)];
    expect(secondsLeft(runs, results)).toBe(12);
  });

  it('goes by the nearest pool else, in proportion where a step trains all of it', () => {
    const runs = [run('darts', 5), run('darts', 9), run('darts', 27), run('nse', 9), run('nse', 27)];
    const results = [result('darts-p5-s1', 50), result('darts-p9-s1', 100), result('nse-p9-s1', 30)];
    expect(secondsLeft(runs, results)).toBe(300 + 30);
  });

  it('goes by all for a method that is new', () => {
    const runs = [run('nse', 5), run('nse', 9), run('spos', 5)];
    expect(secondsLeft(runs, [result('nse-p5-s1', 10), result('nse-p9-s1', 30)])).toBe(20);
  });
});
