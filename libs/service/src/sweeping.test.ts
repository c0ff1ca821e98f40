import { Halt, type JobRunner } from '@nse/jobs';
import { type Bus, connectBus, type NatsServer, startNatsServer } from '@nse/messaging';
import { logger } from '@nse/telemetry';
import { searchesBucket, unlessHalted } from './halting.js';
import { startSweeping } from './sweeping.js';
import { unlessDeleted } from './unless-deleted.js';

const log = logger('tests', { write: () => undefined });
const never = new AbortController().signal;
let server: NatsServer;
let bus: Bus;

beforeAll(async () => {
  server = await startNatsServer();
  bus = await connectBus({ url: server.url, name: 'tests', log });
});

afterAll(async () => {
  await bus.close();
  await server.stop();
});

async function inPhase(search: string, phase: string): Promise<void> {
  const searches = await bus.states<{ phase: string }>(searchesBucket, (value) => value as { phase: string });
  const before = await searches.get(search);
  await (before === undefined
    ? searches.create(search, { phase })
    : searches.update(search, { phase }, before.revision));
}

describe('Jobs that outlive their service', () => {
  it('are kept, ended or removed by how their search stands', async () => {
    for (const phase of ['RUNNING', 'SUCCEEDED', 'PAUSED', 'CANCELLED', 'DELETING'])
      await inPhase(phase, phase);
    const fates = await new Promise<string[][]>((resolve) => {
      const jobs: JobRunner = {
        run: () => Promise.resolve({ kind: 'cancelled' }),
        sweep: async (fate) => {
          const told = async (search: string) => [
            search,
            await fate({ id: 'id', search, requested: false }),
            await fate({ id: 'id', search, requested: true }),
          ];
          resolve(
            await Promise.all(
              ['RUNNING', 'SUCCEEDED', 'PAUSED', 'CANCELLED', 'DELETING', 'unknown'].map(told),
            ),
          );
        },
      };
      startSweeping(bus, jobs, log);
    });
    expect(fates).toEqual([
      ['RUNNING', 'keep', 'keep'],
      ['SUCCEEDED', 'keep', 'keep'],
      ['PAUSED', 'end', 'keep'],
      ['CANCELLED', 'end', 'keep'],
      ['DELETING', 'remove', 'remove'],
      ['unknown', 'remove', 'remove'],
    ]);
  });

  it('are told apart from those of a halted search by why the signal aborts', async () => {
    await inPhase('halts', 'RUNNING');
    const reasons: unknown[] = [];
    const work = (signal: AbortSignal, begun: () => void) =>
      new Promise<void>((_, reject) => {
        const end = () => {
          reasons.push(signal.reason);
          reject(new Error('stopped'));
        };
        signal.addEventListener('abort', end, { once: true });
        begun();
      });
    const stop = new AbortController();
    await expect(
      unlessHalted(bus, { search: 'halts' }, stop.signal, (signal) => work(signal, () => stop.abort())),
    ).rejects.toThrow('stopped');
    await unlessHalted(bus, { search: 'halts' }, never, (signal) =>
      work(signal, () => void inPhase('halts', 'PAUSED')),
    );
    await unlessDeleted(bus, 'halts', never, (signal) =>
      work(signal, () => void inPhase('halts', 'DELETING')),
    );
    expect(reasons.map((reason) => reason instanceof Halt)).toEqual([false, true, true]);
  });
});
