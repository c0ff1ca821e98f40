import { type Bus, connectBus, type NatsServer, startNatsServer } from '@nse/messaging';
import { logger } from '@nse/telemetry';
import { Attempt } from './attempt.js';
import { taskStatus } from './task-status.js';
import { TaskStore } from './task-store.js';

const lines: string[] = [];
const log = logger('tests', { write: (line: string) => lines.push(line) });

let server: NatsServer;
let bus: Bus;
let store: TaskStore;

beforeAll(async () => {
  server = await startNatsServer();
  bus = await connectBus({ url: server.url, name: 'tests', log });
  store = await TaskStore.open(bus);
});

afterAll(async () => {
  await bus.close();
  await server.stop();
});

async function begin(task: string): Promise<Attempt> {
  const attempt = await Attempt.begin(store, bus.artifacts, task, 0);
  if (attempt === 'done') throw new Error('it is done');
  return attempt;
}

describe('an attempt', () => {
  it('goes on from the checkpoint of the one before', async () => {
    await (await begin('sound')).checkpoint(Buffer.from('so far'), 4);
    expect(Buffer.from((await (await begin('sound')).resume(log)) ?? []).toString()).toBe('so far');
  });

  it('begins again, and says so, where the checkpoint was cut short or is gone', async () => {
    const damages = [
      (name: string) => bus.artifacts.put(name, Buffer.from('so')),
      (name: string) => bus.artifacts.delete(name),
    ];
    for (const [at, damage] of damages.entries()) {
      const task = `damaged-${at}`;
      await (await begin(task)).checkpoint(Buffer.from('so far'), 4);
      await damage(`${task}.0.checkpoint-1-4`);
      const next = await begin(task);
      expect(await next.resume(log)).toBeUndefined();
      expect(lines.at(-1)).toContain('the checkpoint is damaged');
      await next.checkpoint(Buffer.from('again'), 4);
      await next.finish('done');
      expect(await bus.artifacts.names(`${task}.0.`)).toEqual([]);
    }
  });

  it('notes the most memory that it held beside its result', async () => {
    await store.put({
      id: 'memory',
      service: 'retrainer',
      of: { search: 'memory', stage: 'retrain', round: 0 },
      replicas: 1,
      input: {},
      resources: { threads: 1, gpus: 0, memoryMiB: 256 },
    });
    const attempt = await begin('memory');
    expect((await taskStatus(bus, 'memory', 'task')).peakMemoryBytes).toBeUndefined();
    await attempt.finish('done');
    const { peakMemoryBytes = 0, results } = await taskStatus(bus, 'memory', 'task');
    expect(results).toEqual(['done']);
    expect(peakMemoryBytes).toBeGreaterThanOrEqual(process.memoryUsage().rss / 2);
    expect(peakMemoryBytes).toBeLessThan(64 * 2 ** 30);
  });

  it('is refused whatever it writes once a later one has begun', async () => {
    const stale = await begin('stale');
    const next = await begin('stale');
    await expect(stale.checkpoint(Buffer.from('late'), 8)).rejects.toThrow('was replaced by a later one');
    await expect(stale.finish('late')).rejects.toThrow('was replaced by a later one');
    await next.finish('right');
    expect(await store.results('stale', 1)).toEqual(['right']);
    expect(await bus.artifacts.names('stale.0.')).toEqual([]);
  });
});
