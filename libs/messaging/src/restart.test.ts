import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { NseError } from '@nse/space';
import type { Bus } from './bus.js';
import { newEvent } from './events.js';
import { TestServer } from './testing/with-bus.js';

let server: TestServer;
let bus: Bus;
const stop = new AbortController();

beforeAll(async () => {
  server = await TestServer.start();
  bus = await server.bus();
});

afterAll(async () => {
  stop.abort();
  await server.stop();
});

function event(search: string, round: number) {
  return newEvent('task.failed', { search, stage: 'train', round, reason: 'test', attempts: 1 }, 'tests');
}

async function killAndRestart(awayMs = 500): Promise<void> {
  await server.server.kill();
  await delay(awayMs);
  await server.server.restart();
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 30_000) throw new Error('waited too long');
    await delay(20);
  }
}

// Each test kills the server with SIGKILL in the middle of its work.
describe('when the server is killed and comes back', () => {
  it('events that were being published are there once each', async () => {
    const published = (async () => {
      for (let round = 1; round <= 150; round++) await bus.publish(event('publish', round));
    })();
    await delay(100);
    await killAndRestart();
    await published;
    const stored: string[] = [];
    for await (const { id } of bus.replay({ search: 'publish', follow: false })) stored.push(id);
    expect(stored).toEqual(Array.from({ length: 150 }, (_, index) => event('publish', index + 1).id));
  });

  it('a consumer goes on and misses nothing', async () => {
    const seen = new Set<number>();
    const consumption = await bus.consume({
      durable: 'restart',
      types: ['task.failed'],
      givenUp: 'train',
      handler: async ({ data }) => {
        if (data.search === 'consume') seen.add(data.round);
        await delay(1);
      },
    });
    for (let round = 1; round <= 20; round++) await bus.publish(event('consume', round));
    await killAndRestart();
    for (let round = 21; round <= 40; round++) await bus.publish(event('consume', round));
    const started = performance.now();
    await until(() => seen.size === 40);
    expect(performance.now() - started).toBeLessThan(30_000);
    await consumption.stop();
  });

  it('a replay that follows goes on where it was, without a gap or a double', async () => {
    const seen: number[] = [];
    const following = (async () => {
      for await (const { data } of bus.replay({
        search: 'replay',
        types: ['task.failed'],
        signal: stop.signal,
      })) {
        seen.push(data.round);
        if (seen.length === 20) return;
      }
    })();
    for (let round = 1; round <= 10; round++) await bus.publish(event('replay', round));
    await killAndRestart();
    for (let round = 11; round <= 20; round++) await bus.publish(event('replay', round));
    await following;
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('a watch of states shows the changes that come after', async () => {
    const states = await bus.states('RESTART', (value) => value as number);
    let last: number | undefined;
    const watching = (async () => {
      for await (const change of states.watch('watched', stop.signal)) {
        if (change.kind === 'set') last = change.value;
        if (last === 2) return;
      }
    })();
    const revision = await states.create('watched', 1);
    await until(() => last === 1);
    await killAndRestart();
    await states.update('watched', 2, revision);
    await watching;
    expect(last).toBe(2);
  });

  it('compare-and-set loses no increment and applies none twice', async () => {
    const states = await bus.states('RESTART', (value) => value as { count: number; by: string });
    await states.create('count', { count: 0, by: '' });
    let wins = 0;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let done = 0; done < 40;) {
        const entry = await states.get('count');
        try {
          const value = { count: entry!.value.count + 1, by: `${writer}/${done}` };
          await states.update('count', value, entry!.revision);
          done++;
          wins++;
        } catch (error) {
          if (NseError.from(error).code !== 'ABORTED') throw error;
        }
      }
    });
    await delay(50);
    await killAndRestart();
    await Promise.all(writers);
    expect(wins).toBe(160);
    expect((await states.get('count'))?.value.count).toBe(160);
  });

  it('an artifact that was being stored is whole', async () => {
    const content = randomBytes(20_000_000);
    const stored = bus.artifacts.put('big', content);
    await delay(20);
    await killAndRestart();
    const ref = await stored;
    expect(Buffer.compare(await bus.artifacts.get(ref), content)).toBe(0);
  });

  it('workers finish every chunk of a queue once', async () => {
    const queue = await bus.workQueue<number, number>('queue');
    await queue.enqueue(Array.from({ length: 40 }, (_, index) => index));
    const workers = [1, 2].map(async () => {
      const own = await (await server.bus()).workQueue<number, number>('queue');
      await own.work(async (chunk) => {
        await delay(20);
        return chunk * 2;
      }, stop.signal);
    });
    await delay(150);
    await killAndRestart();
    expect(await queue.results(stop.signal)).toEqual(Array.from({ length: 40 }, (_, index) => index * 2));
    await Promise.all(workers);
  });

  it('a call that waits longer than its patience fails as UNAVAILABLE, and says that it may be repeated', async () => {
    const impatient = await server.bus({ patienceMs: 300 });
    await server.server.kill();
    await until(() => !bus.connected());
    await expect(impatient.publish(event('away', 1))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      retryable: true,
    });
    await server.server.restart();
    await until(() => bus.connected());
    expect(await bus.publish(event('away', 1))).toBe('published');
  });
});
