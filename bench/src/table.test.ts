import { OURS, resultOf, STOCK, TORCH } from './results.js';
import { table } from './table.js';

const result = resultOf('weights', {
  lossGap: 0,
  times: new Map([
    [OURS, [0.1, 0.2]],
    [STOCK, [0.4, 0.8]],
    [TORCH, [0.05, 0.1]],
  ]),
});

test('ratios are taken pair by pair, and a goal is met by the median', () => {
  const [, stock, torch] = result.standings;
  expect(stock).toMatchObject({ ratio: { median: 4 }, goal: 3, met: true });
  expect(torch).toMatchObject({ ratio: { median: 0.5 }, goal: 1, met: false });
});

test('a missed goal shows in the table', () => {
  const rows = table([result]).split('\n');
  expect(rows).toHaveLength(5);
  expect(rows[2]).toMatch(/weight step \| ours +\| 150\.0/);
  expect(rows[3]).toMatch(/4\.00x.*3x met/);
  expect(rows[4]).toMatch(/0\.50x.*1x MISSED/);
});
