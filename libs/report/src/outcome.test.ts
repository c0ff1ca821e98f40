import { onChance } from '@nse/space';
import { type RoundOutcome, roundReport } from './outcome.js';

const outcome: RoundOutcome = {
  round: 2,
  front: [
    { code: '1', macs: 30, cost: 3, accuracy: 0.5 },
    { code: '0', macs: 10, cost: 1, accuracy: 0.4 },
  ],
  scored: 7,
  space: {
    subsets: [[0, 1, 2]],
    tried: [[2]],
    kept: [[0, 1]],
    dropped: [[2]],
    pruned: [[2]],
    optimized: [[0, 1]],
  },
  logits: [[0, 1.5, null]],
  curve: [{ step: 1, loss: 2 }],
};

describe('roundReport', () => {
  it('orders the front by cost and names the best accuracy', () => {
    const { front, bestAccuracy } = roundReport(outcome, 'macs');
    expect(front).toEqual([
      { code: '0', macs: 10, accuracy: 0.4 },
      { code: '1', macs: 30, accuracy: 0.5 },
    ]);
    expect(bestAccuracy).toBe(0.5);
  });

  it('keeps the latency where that was the constraint', () => {
    expect(roundReport(outcome, 'ms').front[0]).toEqual({ code: '0', macs: 10, latencyMs: 1, accuracy: 0.4 });
  });

  it('gives logits as chances too, nothing for pruned operations and for numbers that are not finite', () => {
    const { logits, fitness } = roundReport({ ...outcome, logits: [[0, Number.NaN, null]] }, 'macs');
    expect(logits).toEqual([[0, null, null]]);
    expect(fitness).toEqual([[onChance(0), null, null]]);
  });

  it('stands a single-branch round, which has no fitness', () => {
    expect(roundReport({ ...outcome, logits: [] }, 'macs')).toMatchObject({ logits: [[]], fitness: [[]] });
  });
});
