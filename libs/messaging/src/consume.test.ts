import { setTimeout as delay } from 'node:timers/promises';
import { NseError } from '@nse/space';
import type { Bus } from './bus.js';
import { newEvent, type NseEvent } from './events.js';
import { TestServer } from './testing/with-bus.js';

let server: TestServer;
let bus: Bus;

beforeAll(async () => {
  server = await TestServer.start();
  bus = await server.bus();
});

afterAll(() => server.stop());

function completed(search: string, round: number): NseEvent<'round.completed'> {
  const none: number[][] = [];
  const space = { subsets: none, tried: none, kept: none, dropped: none, optimized: none, pendingCounts: [] };
  const data = { search, round, rounds: 9, space, front: [], artifacts: {}, seconds: {} };
  return newEvent('round.completed', data, 'tests');
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 15_000) throw new Error('waited too long');
    await delay(20);
  }
}

async function failuresOf(search: string): Promise<NseEvent<'task.failed'>[]> {
  const found: NseEvent<'task.failed'>[] = [];
  for await (const event of bus.replay({ search, types: ['task.failed'], follow: false })) found.push(event);
  return found;
}

describe('consume', () => {
  it('hands over events from before it began, and each one once when all goes well', async () => {
    for (const round of [1, 2, 3]) await bus.publish(completed('early', round));
    const seen: string[] = [];
    const consumption = await bus.consume({
      durable: 'early',
      types: ['round.completed'],
      givenUp: 'inherit',
      handler: (event) => Promise.resolve(void seen.push(event.id)),
    });
    await bus.publish(completed('early', 4));
    await until(() => seen.length === 4);
    await consumption.stop();
    const ids = [1, 2, 3, 4].map((round) => `early/${round}/round.completed`);
    expect(seen.filter((id) => id.startsWith('early/')).sort()).toEqual(ids);
  });

  it('takes events of further types, too, once a newer version of the service names them, and none of the old ones again', async () => {
    const seen: string[] = [];
    const begin = (types: readonly ('round.completed' | 'search.cancelled')[]) =>
      bus.consume({
        durable: 'grown',
        types,
        givenUp: 'inherit',
        handler: ({ id, data }) => Promise.resolve(data.search === 'grown' ? void seen.push(id) : undefined),
      });
    const older = await begin(['round.completed']);
    await bus.publish(completed('grown', 1));
    await until(() => seen.length === 1);
    await older.stop();
    const newer = await begin(['round.completed', 'search.cancelled']);
    await bus.publish(newEvent('search.cancelled', { search: 'grown' }, 'tests'));
    await until(() => seen.length >= 2);
    await newer.stop();
    expect(seen).toEqual(['grown/1/round.completed', 'grown/0/search.cancelled']);
  });

  it('tries again after a passing failure', async () => {
    let calls = 0;
    const consumption = await bus.consume({
      durable: 'passing',
      types: ['round.completed'],
      givenUp: 'inherit',
      retryDelayMs: 10,
      handler: (event) => {
        if (event.data.search !== 'passing') return Promise.resolve();
        calls++;
        if (calls < 3) throw new NseError('UNAVAILABLE', 'not yet');
        return Promise.resolve();
      },
    });
    await bus.publish(completed('passing', 1));
    await until(() => calls === 3);
    await delay(200);
    await consumption.stop();
    expect(calls).toBe(3);
    expect(await failuresOf('passing')).toEqual([]);
  });

  it('reports a failure that stays, once, and goes on with the next event', async () => {
    const seen: number[] = [];
    const consumption = await bus.consume({
      durable: 'lasting',
      types: ['round.completed'],
      givenUp: 'train',
      handler: ({ data }) => {
        if (data.search !== 'lasting') return Promise.resolve();
        seen.push(data.round);
        if (data.round === 1) throw new NseError('INVALID_ARGUMENT', 'wrong for good');
        return Promise.resolve();
      },
    });
    await bus.publish(completed('lasting', 1));
    await bus.publish(completed('lasting', 2));
    await until(() => seen.includes(2));
    await consumption.stop();
    expect(seen.sort()).toEqual([1, 2]);
    const failures = await failuresOf('lasting');
    expect(failures.map(({ data }) => data)).toEqual([
      { search: 'lasting', stage: 'train', round: 1, reason: 'wrong for good', attempts: 1 },
    ]);
  });

  it('reports what it is told to where it gives up on a request', async () => {
    const search = 'asked';
    const request = { search, request: 'r1', spec: {}, code: '0' };
    const consumption = await bus.consume({
      durable: 'asked',
      types: ['model.requested'],
      givenUp: ({ data }, reason, attempts) =>
        newEvent('model.failed', { search: data.search, request: data.request, reason, attempts }, 'tests'),
      handler: () => Promise.reject(new NseError('FAILED_PRECONDITION', 'wrong for good')),
    });
    await bus.publish(newEvent('model.requested', request, 'tests'));
    for await (const { id, data } of bus.replay({ search, types: ['model.failed'] })) {
      expect(id).toBe('asked/0/r1/model.failed');
      expect(data).toEqual({ search, request: 'r1', reason: 'wrong for good', attempts: 1 });
      break;
    }
    await consumption.stop();
  });

  it('gives up on a defect after the allowed number of failures', async () => {
    let calls = 0;
    const consumption = await bus.consume({
      durable: 'defect',
      types: ['round.completed'],
      givenUp: 'evaluate',
      retryDelayMs: 5,
      maxFailures: 3,
      handler: ({ data }) => {
        if (data.search !== 'defect') return Promise.resolve();
        calls++;
        throw new TypeError('a defect');
      },
    });
    await bus.publish(completed('defect', 7));
    await until(() => calls === 3);
    await delay(200);
    await consumption.stop();
    expect(calls).toBe(3);
    expect((await failuresOf('defect'))[0]?.data).toMatchObject({
      round: 7,
      reason: 'a defect',
      attempts: 3,
    });
  });

  it('gives an event back at once when it stops, for another process to take', async () => {
    const first = await server.bus();
    const options = { durable: 'handed-over', types: ['round.completed'], givenUp: 'inherit' } as const;
    let began = 0;
    await first.consume({
      ...options,
      handler: async ({ data }, { signal }) => {
        if (data.search !== 'handed-over') return;
        began++;
        await delay(60_000, undefined, { signal });
      },
    });
    await bus.publish(completed('handed-over', 1));
    await until(() => began === 1);
    await first.close();
    const counts: number[] = [];
    const second = await bus.consume({
      ...options,
      handler: ({ data }, { count }) => {
        if (data.search === 'handed-over') counts.push(count);
        return Promise.resolve();
      },
    });
    await until(() => counts.length === 1);
    await second.stop();
    expect(counts).toEqual([2]);
  });

  it('keeps an event for as long as its handler works on it', async () => {
    let calls = 0;
    let done = false;
    const consumption = await bus.consume({
      durable: 'long',
      types: ['round.completed'],
      givenUp: 'train',
      handler: async ({ data }) => {
        if (data.search !== 'long') return;
        calls++;
        await delay(14_000);
        done = true;
      },
    });
    await bus.publish(completed('long', 1));
    await until(() => done);
    await consumption.stop();
    expect(calls).toBe(1);
  });

  it('drops a message that is no event', async () => {
    const seen: string[] = [];
    const raw = await import('nats').then(({ connect }) => connect({ servers: server.server.url }));
    await raw.jetstream().publish('nse.v1.odd.round.completed', 'not JSON');
    await bus.publish(completed('odd', 1));
    const consumption = await bus.consume({
      durable: 'odd',
      types: ['round.completed'],
      givenUp: 'inherit',
      handler: (event) => Promise.resolve(void seen.push(event.id)),
    });
    await until(() => seen.includes('odd/1/round.completed'));
    await consumption.stop();
    await raw.close();
  });
});
