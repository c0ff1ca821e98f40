import { connectBus } from './bus.js';
import type { Bus } from './bus.js';
import { newEvent } from './events.js';
import { type NatsServer, startNatsServer } from './nats-server.js';

let server: NatsServer;
let bus: Bus;

beforeAll(async () => {
  server = await startNatsServer();
  bus = await connectBus({ url: server.url, name: 'tests' });
});

afterAll(async () => {
  await bus.close();
  await server.stop();
});

function failed(search: string, round: number) {
  return newEvent('task.failed', { search, stage: 'train', round, reason: 'test', attempts: 1 }, 'tests');
}

describe('publish', () => {
  it('appends an event once, however often it is reported', async () => {
    expect(await bus.publish(failed('once', 1))).toBe('published');
    expect(await bus.publish(failed('once', 1))).toBe('already');
    const stored = [];
    for await (const event of bus.replay({ search: 'once', follow: false })) stored.push(event.id);
    expect(stored).toEqual(['once/1/train/task.failed']);
  });

  it('knows an event that later ones of its subject have followed', async () => {
    for (const round of [1, 2, 3, 4]) expect(await bus.publish(failed('later', round))).toBe('published');
    for (const round of [2, 1, 4]) expect(await bus.publish(failed('later', round))).toBe('already');
  });

  it('appends what was forgotten as if it were new, also within the window of duplicates', async () => {
    const ids = async (search: string) => {
      const found: string[] = [];
      for await (const { id } of bus.replay({ search, follow: false })) found.push(id);
      return found;
    };
    await bus.publish(failed('forgotten', 1));
    await bus.publish(failed('remembered', 1));
    await bus.forget('forgotten');
    expect(await ids('forgotten')).toEqual([]);
    expect(await bus.publish(failed('forgotten', 1))).toBe('published');
    expect(await bus.publish(failed('forgotten', 1))).toBe('already');
    expect(await ids('forgotten')).toHaveLength(1);
    expect(await ids('remembered')).toHaveLength(1);
  });

  it('tells a failure after a resume from the one before it', async () => {
    const again = (resumes: number) =>
      newEvent(
        'task.failed',
        { search: 'again', stage: 'train', round: 1, reason: 'r', attempts: 1, resumes },
        'tests',
      );
    for (const resumes of [0, 1, 2]) expect(await bus.publish(again(resumes))).toBe('published');
    expect(again(2).id).toBe('again/1/train/resume-2/task.failed');
    expect(await bus.publish(again(1))).toBe('already');
  });

  it('notices what others have appended since it last looked', async () => {
    const other = await connectBus({ url: server.url, name: 'tests' });
    expect(await bus.publish(failed('shared', 1))).toBe('published');
    for (const round of [2, 3]) expect(await other.publish(failed('shared', round))).toBe('published');
    expect(await bus.publish(failed('shared', 2))).toBe('already');
    expect(await bus.publish(failed('shared', 4))).toBe('published');
    expect(await other.publish(failed('shared', 4))).toBe('already');
    await other.close();
    const rounds: number[] = [];
    for await (const { data } of bus.replay({ search: 'shared', types: ['task.failed'], follow: false })) {
      rounds.push(data.round);
    }
    expect(rounds).toEqual([1, 2, 3, 4]);
  });

  it('lets exactly one of many writers of the same event win', async () => {
    const buses = await Promise.all(
      Array.from({ length: 8 }, () => connectBus({ url: server.url, name: 'tests' })),
    );
    const outcomes = await Promise.all(
      buses.flatMap((each) => [1, 2, 3].map((round) => each.publish(failed('race', round)))),
    );
    expect(outcomes.filter((outcome) => outcome === 'published')).toHaveLength(3);
    await Promise.all(buses.map((each) => each.close()));
  });
});
