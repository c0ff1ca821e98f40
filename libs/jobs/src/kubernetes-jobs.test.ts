import { type Bus, connectBus, type NatsServer, startNatsServer } from '@nse/messaging';
import { NseError } from '@nse/space';
import { logger } from '@nse/telemetry';
import { Attempt } from './attempt.js';
import { Halt } from './halt.js';
import type { JobSpec } from './job.js';
import type { Job } from './kubernetes-objects.js';
import { KubernetesJobs } from './kubernetes-jobs.js';
import { kubernetesSettings } from './kubernetes-settings.js';
import { taskStatus } from './task-status.js';
import { TaskStore } from './task-store.js';
import { StandInApiServer } from './testing/api-server.js';
import { waitingChanges, waitingReason } from './waiting.js';

const log = logger('tests', { write: () => undefined });
const never = new AbortController().signal;
const settings = kubernetesSettings({ NSE_JOBS_NAMESPACE: 'nse', NSE_JOBS_IMAGE: 'registry.example/nse:1' });
const options = { log, settings, natsUrl: 'nats://nats:4222', resyncMs: 300, refusalMs: 0 };
/** So long that only a watch can be what tells. */
const noResync = { resyncMs: 600_000 };

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
    of: { search: `search-${id}`, stage: 'retrain', round: 0 },
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

const nameOf = (created: Job) => created.metadata?.name ?? '';
const results = [{ replica: 0 }, { replica: 1 }];
const complete = { conditions: [{ type: 'Complete', status: 'True' }] } as Job['status'];
const failed = (failures: number, reason = 'BackoffLimitExceeded') =>
  ({ failed: failures, conditions: [{ type: 'Failed', status: 'True', reason }] }) as Job['status'];

async function withApi(
  api: StandInApiServer,
  test: (jobs: KubernetesJobs) => Promise<void>,
  changes: Partial<typeof options> = {},
): Promise<void> {
  const config = await api.start();
  try {
    await test(new KubernetesJobs(config, { ...options, ...changes, bus }));
  } finally {
    await api.stop();
  }
}

/** Waits until the task's service says this of its workers. */
async function saidWaiting(id: string, said: (reason: string) => boolean): Promise<string> {
  const over = new AbortController();
  for await (const change of waitingChanges(bus, `search-${id}`, over.signal)) {
    expect(change).toBe('waiting');
    const reason = (await store.waiting(id)) ?? '';
    if (said(reason)) return reason;
  }
  return '';
}

describe('Kubernetes jobs', () => {
  it('creates the Job and returns what the workers stored', async () => {
    const api = new StandInApiServer((created) => void finish(nameOf(created)));
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
    const api = new StandInApiServer((created) => void finish(nameOf(created)));
    await withApi(api, async (jobs) => {
      const outcomes = await Promise.all([1, 2, 3].map(() => jobs.run(job('same'), never)));
      expect(outcomes).toEqual([1, 2, 3].map(() => ({ kind: 'succeeded', results })));
      expect(api.jobs.size).toBe(1);
    });
  });

  it('learns of the end by a watch, also by one that was dropped or fell behind meanwhile', async () => {
    for (const how of ['kept', 'drop', 'gone'] as const) {
      const id = `watched-${how}`;
      const api = new StandInApiServer((created) => {
        setTimeout(() => {
          if (how !== 'kept') api.endWatches(how);
          void finish(nameOf(created)).then(() => api.setStatus(nameOf(created), complete));
        }, 300);
      });
      await withApi(
        api,
        async (jobs) => {
          expect(await jobs.run(job(id), never)).toEqual({ kind: 'succeeded', results });
          expect(api.watchesOpened).toBeGreaterThanOrEqual(how === 'kept' ? 2 : 3);
        },
        noResync,
      );
    }
  });

  it('creates a Job anew that was deleted by hand', async () => {
    let made = 0;
    const api = new StandInApiServer((created) => {
      const act = () => (++made === 1 ? api.deleteByHand(nameOf(created)) : void finish(nameOf(created)));
      setTimeout(act, 100);
    });
    await withApi(api, async (jobs) => {
      expect(await jobs.run(job('by-hand'), never)).toEqual({ kind: 'succeeded', results });
      expect(made).toBe(2);
    });
  });

  it('goes on where the API server was away', async () => {
    const api = new StandInApiServer((created) => {
      void (async () => {
        await api.stop();
        await finish(nameOf(created));
        await api.start();
      })();
    });
    await withApi(api, async (jobs) => {
      expect(await jobs.run(job('away'), never)).toEqual({ kind: 'succeeded', results });
    });
  });

  it('tells what the worker said when the Job failed', async () => {
    const api = new StandInApiServer((created) => {
      void (async () => {
        const attempt = await Attempt.begin(store, bus.artifacts, 'failed', 1);
        if (attempt !== 'done') await attempt.fail(new NseError('INVALID_ARGUMENT', 'no such data set'));
        api.setStatus(nameOf(created), failed(1, 'PodFailurePolicy'));
      })();
    });
    await withApi(api, async (jobs) => {
      const outcome = await jobs.run(job('failed'), never);
      expect(outcome).toEqual({ kind: 'failed', reason: 'no such data set', attempts: 1 });
    });
  });

  it('begins anew where a Job of an earlier try has failed or is complete without results', async () => {
    for (const [id, left] of [
      ['left-failed', failed(3)],
      ['left-complete', complete],
    ] as const) {
      const first = new AbortController();
      let made = 0;
      const api = new StandInApiServer((created) => {
        if (++made === 1) first.abort();
        else setTimeout(() => void finish(nameOf(created)), 50);
      });
      await withApi(api, async (jobs) => {
        await jobs.run(job(id), first.signal);
        api.setStatus(id, left);
        expect(await jobs.run({ ...job(id), resumes: 1 }, never)).toEqual({ kind: 'succeeded', results });
        expect(made).toBe(2);
      });
    }
  });

  it('fails rather than wait for ever when the Job is complete without results', async () => {
    const api = new StandInApiServer((created) => {
      setTimeout(() => api.setStatus(nameOf(created), complete), 50);
    });
    await withApi(api, async (jobs) => {
      expect(await jobs.run(job('empty'), never)).toMatchObject({ kind: 'failed', attempts: 0 });
    });
  });

  it('deletes the Job and waits for its pods when the search is halted', async () => {
    const abort = new AbortController();
    const api = new StandInApiServer((created) => {
      api.addPod(created, { status: { phase: 'Running' } });
      abort.abort(new Halt('paused'));
    });
    await withApi(api, async (jobs) => {
      expect(await jobs.run(job('cancelled'), abort.signal)).toEqual({ kind: 'cancelled' });
      expect(api.jobs.size).toBe(0);
      expect(api.pods).toEqual([]);
    });
  });

  it('leaves the Job to the next process when its own stops', async () => {
    const abort = new AbortController();
    const api = new StandInApiServer(() => abort.abort());
    await withApi(api, async (jobs) => {
      expect(await jobs.run(job('left'), abort.signal)).toEqual({ kind: 'cancelled' });
      expect([...api.jobs.keys()]).toEqual(['left']);
      setTimeout(() => void finish('left'), 50);
      expect(await jobs.run(job('left'), never)).toEqual({ kind: 'succeeded', results });
      expect(api.calls.filter(({ method }) => method === 'POST')).toHaveLength(1);
      expect(api.calls.filter(({ method }) => method === 'DELETE')).toEqual([]);
    });
  });

  it.each([409, 410, 429, 500])('converges when a third of the calls is answered with %i', async (status) => {
    const id = `busy-${status}`;
    const abort = new AbortController();
    const api = new StandInApiServer(
      (created) => {
        if (nameOf(created) === id) void finish(id);
        else abort.abort(new Halt('cancelled'));
      },
      (call) => (call % 3 === 1 ? status : undefined),
    );
    await withApi(api, async (jobs) => {
      expect(await jobs.run(job(id), never)).toEqual({ kind: 'succeeded', results });
      expect([...api.jobs.keys()]).toEqual([id]);
      expect(await jobs.run(job(`${id}-halted`), abort.signal)).toEqual({ kind: 'cancelled' });
      expect([...api.jobs.keys()]).toEqual([id]);
    });
  });

  it('fails with the reason when it may not create Jobs', async () => {
    const api = new StandInApiServer(undefined, () => 403);
    await withApi(api, async (jobs) => {
      await expect(jobs.run(job('forbidden'), never)).rejects.toMatchObject({
        code: 'FAILED_PRECONDITION',
        message: 'Kubernetes refused Job forbidden: answered with 403',
      });
    });
  });

  it('puts up with a refusal that passes, as while rights are set up', async () => {
    const api = new StandInApiServer(
      (created) => void finish(nameOf(created)),
      (call) => (call <= 2 ? 403 : undefined),
    );
    await withApi(
      api,
      async (jobs) => {
        expect(await jobs.run(job('early'), never)).toEqual({ kind: 'succeeded', results });
      },
      { refusalMs: 60_000 },
    );
  });

  it('says why the workers do not get on for as long as they do not', async () => {
    const message = '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.';
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
    const api = new StandInApiServer((created) => {
      setTimeout(() => api.addPod(created, { status: { phase: 'Pending', conditions: [condition] } }), 50);
    });
    await withApi(
      api,
      async (jobs) => {
        const outcome = jobs.run(job('no-gpu'), never);
        const said = await saidWaiting('no-gpu', (reason) => reason !== '');
        expect(said).toBe(`Unschedulable: ${message}`);
        expect((await taskStatus(bus, 'no-gpu', 'task')).waiting).toBe(said);
        expect(await waitingReason(bus, ['none', 'no-gpu'])).toBe(said);
        await finish('no-gpu');
        api.setStatus('no-gpu', complete);
        expect(await outcome).toEqual({ kind: 'succeeded', results });
        expect(await waitingReason(bus, ['no-gpu'])).toBe('');
      },
      noResync,
    );
  });

  it('says why no pod could be made, which only an event tells', async () => {
    const api = new StandInApiServer((created) => {
      const { uid = '', name = '' } = created.metadata ?? {};
      api.events.push({
        metadata: {},
        involvedObject: { uid, name },
        reason: 'FailedCreate',
        message: 'exceeded quota',
      });
    });
    const stop = new AbortController();
    await withApi(api, async (jobs) => {
      const outcome = jobs.run(job('no-pod'), stop.signal);
      expect(await saidWaiting('no-pod', (reason) => reason !== '')).toBe('FailedCreate: exceeded quota');
      stop.abort(new Halt('over'));
      await outcome;
      expect(await store.waiting('no-pod')).toBeUndefined();
    });
  });

  it('sweeps what nobody wants and leaves the rest', async () => {
    const api = new StandInApiServer();
    const stop = new AbortController();
    await withApi(api, async (jobs) => {
      const ids = ['keep', 'end', 'ended', 'remove'];
      const runs = ids.map((id) => jobs.run(job(`sweep-${id}`), stop.signal));
      while (api.jobs.size < ids.length) await new Promise((resolve) => setImmediate(resolve));
      stop.abort();
      await Promise.all(runs);
      api.setStatus('sweep-ended', failed(3));
      await jobs.sweep(({ search }) =>
        Promise.resolve(search.endsWith('keep') ? 'keep' : search.endsWith('remove') ? 'remove' : 'end'),
      );
      expect([...api.jobs.keys()].sort()).toEqual(['sweep-ended', 'sweep-keep']);
    });
  });
});
