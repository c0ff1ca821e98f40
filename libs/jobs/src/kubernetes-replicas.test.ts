import { type Bus, connectBus, type NatsServer, startNatsServer } from '@nse/messaging';
import { logger } from '@nse/telemetry';
import { Attempt } from './attempt.js';
import { Halt } from './halt.js';
import type { Fate, JobSpec, LeftJob } from './job.js';
import type { Job } from './kubernetes-objects.js';
import { KubernetesJobs } from './kubernetes-jobs.js';
import { kubernetesSettings } from './kubernetes-settings.js';
import { TaskStore } from './task-store.js';
import { StandInApiServer } from './testing/api-server.js';

const log = logger('tests', { write: () => undefined });
const never = new AbortController().signal;
const settings = kubernetesSettings({ NSE_JOBS_NAMESPACE: 'nse', NSE_JOBS_IMAGE: 'registry.example/nse:1' });
const options = { log, settings, natsUrl: 'nats://nats:4222', refusalMs: 0 };
const failed = {
  failed: 3,
  conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }],
} as Job['status'];

let server: NatsServer;
let buses: Bus[];

beforeAll(async () => {
  server = await startNatsServer();
  buses = await Promise.all([1, 2].map(() => connectBus({ url: server.url, name: 'tests', log })));
});

afterAll(async () => {
  await Promise.all(buses.map((bus) => bus.close()));
  await server.stop();
});

const job = (id: string, resumes = 0): JobSpec => ({
  id,
  service: 'retrainer',
  of: { search: `search-${id}`, stage: 'retrain', round: 0 },
  replicas: 1,
  input: {},
  resumes,
  resources: { threads: 1, gpus: 0, memoryMiB: 256 },
});

/** What the pod of a Job does when all goes well. */
async function finish(id: string): Promise<void> {
  const [bus] = buses;
  const attempt = await Attempt.begin(await TaskStore.open(bus!), bus!.artifacts, id, 0);
  if (attempt !== 'done') await attempt.finish('result');
}

/** Two processes of a service, each with its own connections, beside one API server. */
async function withTwo(
  api: StandInApiServer,
  test: (one: KubernetesJobs, other: KubernetesJobs) => Promise<void>,
  resyncMs = 300,
): Promise<void> {
  const config = await api.start();
  const [one, other] = buses.map((bus) => new KubernetesJobs(config, { ...options, resyncMs, bus }));
  try {
    await test(one!, other!);
  } finally {
    await api.stop();
  }
}

const count = (api: StandInApiServer, method: string) =>
  api.calls.filter((call) => call.method === method).length;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('two replicas of a service on Kubernetes', () => {
  it('make one Job for a task that both run, and both get its results', async () => {
    const api = new StandInApiServer((created) => {
      setTimeout(() => void finish(created.metadata?.name ?? ''), 400);
    });
    await withTwo(api, async (one, other) => {
      const outcomes = await Promise.all([one.run(job('both'), never), other.run(job('both'), never)]);
      expect(outcomes).toEqual([1, 2].map(() => ({ kind: 'succeeded', results: ['result'] })));
      expect(api.jobs.size).toBe(1);
      expect(count(api, 'DELETE')).toBe(0);
    });
  });

  it('tell the same failure, and delete nothing of what is left to look at', async () => {
    const api = new StandInApiServer();
    await withTwo(api, async (one, other) => {
      const outcomes = [one.run(job('fails'), never), other.run(job('fails'), never)];
      await until(() => api.jobs.size === 1);
      api.setStatus('fails', failed);
      const [first, second] = await Promise.all(outcomes);
      expect(first).toEqual({ kind: 'failed', reason: 'BackoffLimitExceeded', attempts: 3 });
      expect(second).toEqual(first);
      expect(count(api, 'DELETE')).toBe(0);
    });
  });

  it('count a failure once: one that comes later does not try again what has failed', async () => {
    const api = new StandInApiServer();
    const stop = new AbortController();
    await withTwo(api, async (one, other) => {
      const first = one.run(job('late'), stop.signal);
      await until(() => api.jobs.size === 1);
      // It is killed before it can tell.
      stop.abort();
      await first;
      api.setStatus('late', failed);
      expect(await other.run(job('late'), never)).toMatchObject({ kind: 'failed', attempts: 3 });
      expect(api.jobs.size).toBe(1);
      expect(count(api, 'DELETE')).toBe(0);
    });
  });

  it('leave a Job alone that the other has made since the search was resumed', async () => {
    const api = new StandInApiServer();
    const halt = new AbortController();
    await withTwo(
      api,
      async (one, other) => {
        const halted = one.run(job('resumed'), halt.signal);
        await until(() => api.jobs.size === 1);
        // The one is slow to learn of the pause: the other has ended that Job, and after the resume made its own.
        api.jobs.clear();
        const resumed = other.run(job('resumed', 1), never);
        await until(() => api.jobs.size === 1);
        const uid = api.jobs.get('resumed')?.metadata?.uid;
        halt.abort(new Halt('paused'));
        expect(await halted).toEqual({ kind: 'cancelled' });
        expect(api.jobs.get('resumed')?.metadata?.uid).toBe(uid);
        await finish('resumed');
        api.setStatus('resumed', { conditions: [{ type: 'Complete', status: 'True' }] });
        expect(await resumed).toEqual({ kind: 'succeeded', results: ['result'] });
        // By hints alone: nobody looks for the Job while it is not there.
      },
      600_000,
    );
  });

  it('sweep at once what nobody wants, and nothing that the other runs', async () => {
    const api = new StandInApiServer();
    const stop = new AbortController();
    await withTwo(api, async (one, other) => {
      const runs = ['sweep-kept', 'sweep-left'].map((id) => one.run(job(id), stop.signal));
      await until(() => api.jobs.size === 2);
      const fate = ({ id }: LeftJob) => Promise.resolve<Fate>(id === 'sweep-left' ? 'remove' : 'keep');
      stop.abort();
      await Promise.all(runs);
      await Promise.all([one.sweep(fate), other.sweep(fate)]);
      expect([...api.jobs.keys()]).toEqual(['sweep-kept']);
    });
  });
});
