import { newEvent, type NseEvent } from '@nse/messaging';
import { campaign } from './campaign.js';
import type { FaultySystem } from './system.js';

const quiet = { say: () => undefined };

describe('searches under drawn faults', () => {
  it('find what undisturbed ones find, and leave nothing behind', async () => {
    const result = await campaign({
      ...quiet,
      seed: 3,
      kills: 8,
      searches: 2,
      atOnce: 2,
      kinds: ['nse'],
      first: [{ kind: 'stale-worker' }],
    });
    expect(result.violations).toEqual([]);
    expect(result.kills).toBe(8);
    expect(result.recoveries).toHaveLength(8);
    expect(result.faults['stale worker']).toBe(1);
  });
});

/** Tells of each completed round a second time under another id, as a publisher would that draws its ids. */
async function tellTwice({ bus }: FaultySystem): Promise<unknown> {
  return await bus.consume({
    durable: 'tells-twice',
    types: ['round.completed'],
    givenUp: 'inherit',
    handler: async (event) => {
      const again: NseEvent = newEvent('round.completed', event.data, 'tells-twice');
      if (event.id === again.id) await bus.publish({ ...again, id: `${again.id}-again` });
    },
  });
}

describe('a publisher that tells everything twice', () => {
  it('is found out', async () => {
    const options = { seed: 1, kills: 0, searches: 0, atOnce: 1, kinds: ['short'] };
    const { violations } = await campaign({ ...quiet, ...options, plant: tellTwice });
    expect(violations).toEqual(['plain-short: unique: round.completed of round 1 is there 2 times']);
  });
});
