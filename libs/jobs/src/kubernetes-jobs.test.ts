import { type Bus, connectBus, type NatsServer, startNatsServer } from '@nse/messaging';
import { NseError } from '@nse/space';
import { logger } from '@nse/telemetry';
import { Attempt } from './attempt.js';
import type { JobSpec } from './job.js';
import { KubernetesJobs } from './kubernetes-jobs.js';
import { TaskStore } from './task-store.js';
import { StandInApiServer } from './testing/api-server.js';

const log = logger('tests', { write: () => undefined });
const never = new AbortController().signal;
const options = {
  log,
  namespace: 'nse',
  image: 'registry.example/nse:1',
  serviceAccount: 'nse-worker',
  natsUrl: 'nats://nats:4222',
  pollMs: 5,
};

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

function job(id: string): JobSpec {
  return {
    id,
    service: 'retrainer',
    of: { search: 'tests', stage: 'retrain', round: 0 },
    replicas: 2,
    input: { any: 'thing' },
    resources: { threads: 1, gpus: 0, memoryMiB: 256 },
  };
}

/** What the pods of a Job do when all goes well. */
async function finish(id: string): Promise<void> {
  for (const replica of [0, 1]) {
    const attempt = await Attempt.begin(store, bus.artifacts, id, replica);
    if (attempt !== 'done') await attempt.finish({ replica });
  }
}

const results = [{ replica: 0 }, { replica: 1 }];

async function withApi(api: StandInApiServer, test: (jobs: KubernetesJobs) => Promise<void>): Promise<void> {
  const client = await api.start();
  try {
    await test(new KubernetesJobs(client, { ...options, bus }));
  } finally {
    await api.stop();
  }
}

describe('Kubernetes jobs', () => {
  it('creates the Job and returns what the workers stored', async () => {
    const api = new StandInApiServer((created) => void finish(created.metadata?.name ?? ''));
    await withApi(api, async (jobs) => {
      expect(await jobs.run(job('plain'), never)).toEqual({ kind: 'succeeded', results });
      expect((await store.task('plain')).input).toEqual({ any: 'thing' });
      expect(api.jobs.size).toBe(1);
    });
  });

  it('creates no Job for a task that is done, even after the Job was swept away', async () => {
    await store.put(job('done'));
    await finish('done');
    const api = new StandInApiServer();
    await withApi(api, async (jobs) => {
      expect(await jobs.run(job('done'), never)).toEqual({ kind: 'succeeded', results });
      expect(api.calls).toEqual([]);
    });
  });

  it('takes a Job that exists already as its own', async () => {
    const api = new StandInApiServer((created) => void finish(created.metadata?.name ?? ''));
    await withApi(api, async (jobs) => {
      const outcomes = await Promise.all([1, 2, 3].map(() => jobs.run(job('same'), never)));
      expect(outcomes).toEqual([1, 2, 3].map(() => ({ kind: 'succeeded', results })));
      expect(api.jobs.size).toBe(1);
    });
  });

  it('tells what the worker said when the Job failed', async () => {
    const api = new StandInApiServer((created) => {
      void (async () => {
        const attempt = await Attempt.begin(store, bus.artifacts, 'failed', 1);
        if (attempt !== 'done') await attempt.fail(new NseError('INVALID_ARGUMENT', 'no such data set'));
        const status = {
          failed: 1,
          conditions: [{ type: 'Failed', status: 'True', message: 'exit code 2' }],
        };
        Object.assign(created, { status });
      })();
    });
    await withApi(api, async (jobs) => {
      const outcome = await jobs.run(job('failed'), never);
      expect(outcome).toEqual({ kind: 'failed', reason: 'no such data set', attempts: 1 });
    });
  });

  it('fails rather than wait for ever when the Job is complete without results', async () => {
    const status = { conditions: [{ type: 'Complete', status: 'True' }] };
    const api = new StandInApiServer((created) => Object.assign(created, { status }));
    await withApi(api, async (jobs) => {
      expect(await jobs.run(job('empty'), never)).toMatchObject({ kind: 'failed', attempts: 0 });
    });
  });

  it('deletes the Job when it is told to stop', async () => {
    const abort = new AbortController();
    const api = new StandInApiServer(() => abort.abort());
    await withApi(api, async (jobs) => {
      expect(await jobs.run(job('cancelled'), abort.signal)).toEqual({ kind: 'cancelled' });
      expect(api.jobs.size).toBe(0);
    });
  });

  it.each([409, 410, 429, 500])('converges when every third call is answered with %i', async (status) => {
    const id = `busy-${status}`;
    const api = new StandInApiServer(
      (created) => void finish(created.metadata?.name ?? ''),
      (call) => (call % 3 === 1 ? status : undefined),
    );
    await withApi(api, async (jobs) => {
      expect(await jobs.run(job(id), never)).toEqual({ kind: 'succeeded', results });
      expect([...api.jobs.keys()]).toEqual([id]);
    });
  });

  it('fails when it may not create Jobs', async () => {
    const api = new StandInApiServer(undefined, () => 403);
    await withApi(api, async (jobs) => {
      await expect(jobs.run(job('forbidden'), never)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION' });
    });
  });
});
