import { FATES, inherited, spaceAfter, spaceCounts } from './evolution.js';
import { sampleReport } from './testing/sample.js';

const report = sampleReport();
const poolSize = report.pool.operations.length;

describe('spaceAfter', () => {
  it('gives every operation of every cell one fate, kept exactly for what the front uses', () => {
    for (let round = 1; round <= report.rounds.length; round++) {
      const rounds = report.rounds.slice(0, round);
      const fates = spaceAfter(rounds, poolSize);
      fates.forEach((cell, index) => {
        expect(cell).toHaveLength(poolSize);
        const kept = cell.flatMap(({ fate }, operation) => (fate === 'kept' ? [operation] : []));
        expect(kept).toEqual(rounds.at(-1)!.space.optimized[index]);
      });
    }
  });

  it('never takes an operation back to the pending list', () => {
    const untried = report.rounds.map((_, index) =>
      spaceAfter(report.rounds.slice(0, index + 1), poolSize)
        .flat()
        .map(({ fate }) => fate === 'untried'),
    );
    for (let round = 1; round < untried.length; round++) {
      untried[round]!.forEach((now, place) => expect(!now || untried[round - 1]![place]).toBe(true));
    }
  });

  it('knows every fate in this sample, so that all are shown somewhere', () => {
    const seen = report.rounds.flatMap((_, index) =>
      spaceAfter(report.rounds.slice(0, index + 1), poolSize)
        .flat()
        .map(({ fate }) => fate),
    );
    expect(new Set(seen)).toEqual(new Set(FATES));
  });

  it('is empty before the first round', () => {
    expect(spaceAfter([], poolSize)).toEqual([]);
  });
});

describe('spaceCounts', () => {
  it('adds up: what was in the supernet was kept or dropped', () => {
    for (const round of report.rounds) {
      const { kept, dropped, pruned } = spaceCounts(round);
      expect(kept + dropped).toBe(round.space.subsets.flat().length);
      expect(pruned).toBeLessThanOrEqual(dropped);
    }
  });
});

describe('inherited', () => {
  it('finds the architectures that the front before held, and none in round 1', () => {
    expect(inherited(report.rounds, 0)).toEqual(new Set());
    const codes = (index: number) => report.rounds[index]!.front.map(({ code }) => code);
    const both = codes(1).filter((code) => codes(0).includes(code));
    expect(inherited(report.rounds, 1)).toEqual(new Set(both));
  });
});
