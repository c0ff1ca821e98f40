import { newEvent } from '@nse/messaging';
import { eventJson, eventLine } from './event-line.js';

const now = new Date('2026-01-02T03:04:05Z');

describe('an event', () => {
  it('is a line: when, which search, what, and what matters of it', () => {
    const data = { search: 'first', stage: 'train', round: 2, reason: 'no images', attempts: 3 } as const;
    expect(eventLine(newEvent('search.failed', data, 'space-manager', now))).toBe(
      '2026-01-02 03:04:05  first  search.failed         train of round 2: no images',
    );
    expect(eventLine(newEvent('search.paused', { search: 'first' }, 'space-manager', now))).toBe(
      '2026-01-02 03:04:05  first  search.paused',
    );
  });

  it('tells how a round went', () => {
    const point = { code: '0', cost: 1, macs: 1, accuracy: 0.5, round: 1 };
    const sets = { subsets: [], tried: [], kept: [], dropped: [], optimized: [], pendingCounts: [] };
    const data = { search: 'a', round: 1, rounds: 6, space: sets, artifacts: {}, seconds: {} };
    const line = (front: (typeof point)[]) =>
      eventLine(newEvent('round.completed', { ...data, front }, 'space-manager', now));
    expect(line([point, { ...point, accuracy: 0.25 }])).toMatch(/round 1\/6, 2 on the front, best 50\.0 %$/);
    expect(line([])).toMatch(/0 on the front, best -$/);
  });

  it('is a CloudEvent in JSON', () => {
    expect(eventJson(newEvent('search.cancelled', { search: 'a' }, 'space-manager', now))).toEqual({
      specversion: '1.0',
      id: 'a/0/search.cancelled',
      source: '/nse/space-manager',
      type: 'nse.v1.search.cancelled',
      time: '2026-01-02T03:04:05.000Z',
      subject: 'a',
      datacontenttype: 'application/json',
      data: { search: 'a' },
    });
  });
});
