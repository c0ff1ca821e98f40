import { NseError } from '@nse/space';
import { parseReport, stableJson, withoutTimes } from './index.js';
import { sampleReport } from './testing/sample.js';

/** The same value with the keys of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

describe('report.json', () => {
  it('reads back as the report that was written', () => {
    const report = sampleReport();
    const text = stableJson(report);
    expect(stableJson(parseReport(JSON.parse(text)))).toBe(text);
    expect(parseReport(JSON.parse(text)).rounds.map((round) => round.front.map(({ code }) => code))).toEqual(
      report.rounds.map((round) => round.front.map(({ code }) => code)),
    );
  });

  it('is the same text whatever the order of keys', () => {
    const report = sampleReport();
    const { seconds, ...rest } = report;
    const shuffled = parseReport({ ...(reversed(rest) as object), seconds });
    expect(stableJson(shuffled)).toBe(stableJson(report));
  });

  it('holds what the demo promises under its promised names', () => {
    const written: unknown = JSON.parse(stableJson(sampleReport({ seed: 7, rounds: 2 })));
    expect(written).toHaveProperty('seed', 7);
    expect(written).toHaveProperty('rounds.length', 2);
    const promised = [
      'chosen.code chosen.macs chosen.params retrain.testAccuracy random.code random.macs random.testAccuracy',
      'seconds.total seconds.byStage rounds.1.front.0.code rounds.1.front.0.macs rounds.1.front.0.accuracy',
      'rounds.0.space.subsets rounds.0.space.tried rounds.0.space.kept rounds.0.space.dropped',
    ];
    for (const path of promised.flatMap((line) => line.split(' '))) expect(written).toHaveProperty(path);
  });

  it('differs between two runs with one seed only in times and host', () => {
    const first = sampleReport({ seed: 3 });
    const second = {
      ...sampleReport({ seed: 3 }),
      startedAt: '2027-01-01T00:00:00Z',
      seconds: { total: 1, byStage: {}, rounds: [] },
      host: { ...first.host, cores: 64 },
    };
    expect(stableJson(second)).not.toBe(stableJson(first));
    expect(withoutTimes(second)).toEqual(withoutTimes(first));
  });

  it('keeps whole numbers in full and other numbers to 8 digits', () => {
    const report = sampleReport();
    report.chosen.macs = 1_471_131_648;
    report.retrain.testAccuracy = 0.92340000000000011;
    const text = stableJson(report);
    expect(text).toContain('1471131648');
    expect(text).toContain('"testAccuracy": 0.9234');
  });

  it('names every wrong field at once', () => {
    const report = { ...sampleReport(), seed: -1, method: 'luck', surprise: true };
    const fields = (): string[] => {
      try {
        parseReport(report);
        return [];
      } catch (error) {
        return NseError.from(error).violations.map(({ field }) => field);
      }
    };
    expect(fields()).toEqual(expect.arrayContaining(['seed', 'method']));
    expect(() => parseReport(report)).toThrow(/surprise/);
  });

  it('refuses numbers that JSON would lose', () => {
    const report = sampleReport();
    report.retrain.testAccuracy = Number.NaN;
    expect(() => stableJson(report)).toThrow(/testAccuracy/);
  });
});
