import { atTablePace } from './beside-references.js';

const measuredAt = (times: Readonly<Record<string, number>>) =>
  Object.entries(times).map(([code, medianMs]) => ({
    ...{ code, medianMs, lowMs: 0.99 * medianMs, highMs: 1.01 * medianMs, runs: 50 },
  }));
const references = ['r1', 'r2', 'r3', 'r4'].map((code, place) => ({
  ...{ code, predictedMs: place + 1, measuredMs: place + 1, fitted: false },
}));

describe('times beside architectures of the table', () => {
  it('are as at its pace where all take longer by one factor', () => {
    const measured = measuredAt({ a: 3, r1: 1.5, r2: 3.03, r3: 4.5, r4: 5.9 });
    const { latencies, pace, note } = atTablePace(measured, ['a'], references);
    expect(pace).toEqual({ scale: 1 / 1.5, architectures: 4 });
    expect(latencies).toHaveLength(1);
    expect(latencies[0]!.medianMs).toBeCloseTo(2, 9);
    expect(latencies[0]!.highMs).toBeCloseTo(2.02, 9);
    expect(note).toBeUndefined();
  });

  it('are as measured where some take longer and others do not, and a note says so', () => {
    const measured = measuredAt({ a: 3, r1: 1, r2: 2, r3: 6, r4: 8 });
    const { latencies, pace, note } = atTablePace(measured, ['a'], references);
    expect(latencies[0]!.medianMs).toBe(3);
    expect(pace).toBeUndefined();
    expect(note).toMatch(
      /^4 architectures of the table take 1\.33 times as long .*in the middle, some far more than others/,
    );
  });

  it('are as measured without any', () => {
    expect(atTablePace(measuredAt({ a: 3 }), ['a'], [])).toEqual({ latencies: measuredAt({ a: 3 }) });
  });
});
