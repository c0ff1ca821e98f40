import type { messages } from '@nse/rpc';
import { historyTable } from './history-table.js';
import { roundOf } from './testing/small-search.js';

const round = (number: number, changes: Partial<messages.Round> = {}) =>
  ({ joined: [], ...roundOf(number), ...changes }) as messages.Round__Output;

describe('the history of a search', () => {
  it('has a line for each round: the front and its best, operations, seconds by stage', () => {
    const lines = historyTable([round(1), round(2)], 'macs').split('\n');
    expect(lines[0]?.split(/ +/).filter(Boolean)).toEqual([
      'ROUND',
      'SCORED',
      'FRONT',
      'BEST',
      'AT',
      'TRIED',
      'KEPT',
      'DROPPED',
      'TRAIN',
      'EVALUATE',
    ]);
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/^ {4}1 +2 +1 +60\.00 % +[\d.]+ [kM] +\d+ +\d+ +\d+ +0:20 +0:10$/);
    expect(lines[2]).toMatch(/^ {4}2 +2 +1 +70\.00 %/);
  });

  it('fits into 80 columns with hours of training', () => {
    const lines = historyTable([round(1, { seconds: { train: 40_000, evaluate: 4_000 } })], 'macs').split(
      '\n',
    );
    expect(lines[1]).toMatch(/ 11:06:40 +1:06:40$/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('tells the best of a front, whichever place it has, and its cost in the unit of the search', () => {
    const point = { code: '0', macs: 1, round: 1 };
    const front = [
      { ...point, cost: 2, accuracy: 0.9 },
      { ...point, cost: 1, accuracy: 0.5 },
    ];
    expect(historyTable([round(1, { front })], 'ms')).toMatch(/ 90\.00 % +2\.00 ms /);
  });

  it('says which operations came later than the search began, and when', () => {
    const own = [{ index: 27, name: 'MBConv k13 t1 se' }];
    const many = Array.from({ length: 45 }, (_, place) => ({ index: 28 + place, name: 'x' }));
    const lines = historyTable(
      [round(1), round(2, { joined: own }), round(3, { joined: many })],
      'macs',
    ).split('\n');
    expect(lines.slice(4)).toEqual([
      'new from round 2 on: MBConv k13 t1 se (27)',
      'new from round 3 on: 45 operations (28 to 72)',
    ]);
  });

  it('shows what is not there as a dash', () => {
    expect(historyTable([round(1, { front: [], space: null, seconds: {} })], 'macs')).toMatch(
      /\n +1 +2 +0 +- +- +0 +0 +0$/,
    );
  });
});
