import { plainStyle } from '@nse/report';
import type { messages } from '@nse/rpc';
import { spaceMap } from './space-map.js';

const cell: messages.SpaceCell__Output = {
  kind: 'N',
  kept: [0, 3],
  dropped: [1, 2],
  pending: [4, 5, 6, 7, 8, 9, 10, 11],
  tried: [2, 3],
};
const space = (operations: number, cells = [cell]): messages.Space__Output => ({
  search: 'small',
  round: 2,
  pool: 'mac27',
  operations: Array.from({ length: operations }, (_, index) => `operation ${index}`),
  cells,
  since: [],
});

describe('the map of a space', () => {
  it('says since when operations are there that came later', () => {
    const since = [0, 0, ...Array.from({ length: 5 }, () => 1), 3];
    expect(
      spaceMap({ ...space(8), since }, plainStyle)
        .split('\n')
        .slice(-2),
    ).toEqual(['new from round 1 on: 5 operations (2 to 6)', 'new from round 3 on: operation 7 (7)']);
    expect(spaceMap({ ...space(8), since: since.map(() => 1) }, plainStyle)).not.toContain('new from');
  });

  it('has a row for each cell, a mark for each operation, and the counts', () => {
    expect(spaceMap(space(12, [cell, { ...cell, kind: 'R' }]), plainStyle).split('\n')).toEqual([
      'Space of small after round 2: 2 cells, 12 operations of mac27',
      '      0         10   new kept dropped pending',
      ' 0 N |#.x*--------|    2    2       2       8',
      ' 1 R |#.x*--------|    2    2       2       8',
      '* new and kept  # kept  x new and dropped  . dropped  - pending',
    ]);
  });

  it('fits into 80 columns with the largest pool, then without the counts', () => {
    const lines = spaceMap(space(72), plainStyle).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines[1]).toMatch(/70$/);
  });

  it('uses the marks and colours that a terminal has', () => {
    const text = spaceMap(space(12), { width: 80, unicode: true, color: true });
    expect(text).toContain('◆');
    expect(text).toContain('\u001B[32m');
  });
});
