import type { messages } from '@nse/rpc';
import { searchTable } from './search-table.js';

const search = (changes: Partial<messages.Search__Output>): messages.Search__Output => ({
  id: 'a',
  name: 'a',
  phase: 'RUNNING',
  stage: 'train',
  round: 1,
  rounds: 6,
  spec: null,
  front: [],
  chosen: null,
  extensions: [],
  model: null,
  randomModel: null,
  failure: null,
  createTime: { seconds: Date.UTC(2026, 0, 2, 3, 4, 5) / 1000, nanos: 0 },
  updateTime: null,
  resumes: 0,
  waiting: '',
  owner: '',
  latency: null,
  scaled: null,
  ...changes,
});

describe('the table of searches', () => {
  it('has a line for each, columns under each other', () => {
    const point = { code: '0', cost: 1, macs: 1, accuracy: 0.5, round: 1 };
    const over = search({ id: 'a-longer-one', phase: 'SUCCEEDED', round: 6, front: [point, point] });
    expect(searchTable([search({}), over], new Date('2026-01-02T06:04:04Z'))).toBe(
      [
        'ID            PHASE      STAGE  ROUND  FRONT  AGE',
        'a             RUNNING    train  1/6    0      2h',
        'a-longer-one  SUCCEEDED  -      6/6    2      2h',
      ].join('\n'),
    );
  });

  it('is its header alone where there is none', () => {
    expect(searchTable([])).toBe('ID  PHASE  STAGE  ROUND  FRONT  AGE');
  });
});
