import { SubjectLogs } from './subject-log.js';

describe('what is remembered of subjects', () => {
  it('is nothing of one that nobody looked at, and else what was appended last', () => {
    const logs = new SubjectLogs();
    expect(logs.get('a')).toEqual({ last: 0, ids: new Set() });
    logs.set('a', { last: 4, ids: new Set(['x']) });
    logs.appended('a', 'y', 9);
    expect(logs.get('a')).toEqual({ last: 9, ids: new Set(['x', 'y']) });
  });

  it('is bounded: the subjects used least recently are forgotten', () => {
    const logs = new SubjectLogs();
    for (let subject = 0; subject < 1_000; subject++) logs.appended(String(subject), 'id', 1);
    logs.appended('0', 'more', 2);
    logs.appended('new', 'id', 1);
    expect(logs.get('0').last).toBe(2);
    expect(logs.get('1').last).toBe(0);
    expect(logs.get('2').last).toBe(1);
  });
});
