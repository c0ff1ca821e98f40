import { BatchV1Api, CoreV1Api, KubeConfig, type V1Namespace } from '@kubernetes/client-node';
import type { Plain } from '@nse/kubernetes';
import { type Bus, connectBus, type NatsServer, startNatsServer } from '@nse/messaging';
import { logger } from '@nse/telemetry';
import { Attempt } from './attempt.js';
import { Halt } from './halt.js';
import type { JobResources, JobSpec } from './job.js';
import { KubernetesJobs } from './kubernetes-jobs.js';
import { kubernetesSettings } from './kubernetes-settings.js';
import { TaskStore } from './task-store.js';
import { waitingChanges } from './waiting.js';

/**
 * On a real cluster: the one of KUBECONFIG, where NSE_TEST_CLUSTER=1 says that it is there to be tried on. NSE_TEST_IMAGE is an
 * image that the node has, with `node` in it. A namespace is made for the tests and removed.
 */
const image = process.env['NSE_TEST_IMAGE'] ?? 'node:20-bookworm-slim';
const wanted = process.env['NSE_TEST_CLUSTER'] === '1';
if (!wanted)
  process.stderr.write('cluster.test.ts: skipped, NSE_TEST_CLUSTER=1 names no cluster to try on\n');

const namespace = `nse-jobs-${process.pid}`;
const log = logger('tests', { write: () => undefined });
const never = new AbortController().signal;

(wanted ? describe : describe.skip)('Kubernetes jobs on a real cluster', () => {
  jest.setTimeout(180_000);
  let server: NatsServer;
  let bus: Bus;
  let store: TaskStore;
  let batch: BatchV1Api;
  let core: CoreV1Api;
  let config: KubeConfig;

  beforeAll(async () => {
    config = new KubeConfig();
    config.loadFromDefault();
    batch = config.makeApiClient(BatchV1Api);
    core = config.makeApiClient(CoreV1Api);
    const body: Plain<V1Namespace> = {
      metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    };
    await core.createNamespace({ body });
    server = await startNatsServer();
    bus = await connectBus({ url: server.url, name: 'tests', log });
    store = await TaskStore.open(bus);
  });

  afterAll(async () => {
    // Before the namespace: a Job whose pod was never scheduled would keep it from going.
    await batch.deleteCollectionNamespacedJob({ namespace, propagationPolicy: 'Background' });
    await core.deleteNamespace({ name: namespace });
    await bus.close();
    await server.stop();
  });

  function runner(changes: NodeJS.ProcessEnv = {}): KubernetesJobs {
    const settings = kubernetesSettings({
      NSE_JOBS_NAMESPACE: namespace,
      NSE_JOBS_IMAGE: image,
      NSE_JOBS_SERVICE_ACCOUNT: 'default',
      NSE_JOBS_MEMORY_MIB: '128',
      ...changes,
    });
    return new KubernetesJobs(config, { bus, log, settings, natsUrl: server.url });
  }

  function job(id: string, resources: Partial<JobResources> = {}): JobSpec {
    return {
      id,
      service: 'retrainer',
      of: { search: `search-${id}`, stage: 'retrain', round: 0 },
      replicas: 1,
      input: {},
      resources: { threads: 1, gpus: 0, memoryMiB: 64, ...resources },
    };
  }

  const jobNames = async () =>
    (await batch.listNamespacedJob({ namespace })).items.flatMap(({ metadata }) => metadata?.name ?? []);

  async function waiting(id: string, beginning: RegExp): Promise<string> {
    const over = new AbortController();
    for await (const change of waitingChanges(bus, `search-${id}`, over.signal)) {
      expect(change).toBe('waiting');
      const reason = (await store.waiting(id)) ?? '';
      if (beginning.test(reason)) return reason;
    }
    return '';
  }

  it('fails a task whose worker ends without a word, after its tries', async () => {
    // The image has no such program: node ends with code 1.
    const outcome = await runner().run({ ...job('fails'), maxAttempts: 2 }, never);
    expect(outcome).toMatchObject({ kind: 'failed', attempts: 2 });
    // Resumed, it begins anew instead of finding the old end.
    const uid = (await batch.readNamespacedJob({ name: 'fails', namespace })).metadata?.uid;
    const again = await runner().run({ ...job('fails'), resumes: 1, maxAttempts: 1 }, never);
    expect(again).toMatchObject({ kind: 'failed', attempts: 1 });
    expect((await batch.readNamespacedJob({ name: 'fails', namespace })).metadata?.uid).not.toBe(uid);
  });

  it.each<[string, RegExp, Partial<JobResources>, NodeJS.ProcessEnv]>([
    ['no-gpu', /^Unschedulable: .*nvidia\.com\/gpu/, { gpus: 999 }, {}],
    ['no-image', /^(ErrImagePull|ImagePullBackOff)/, {}, { NSE_JOBS_IMAGE: 'nse.invalid/none:1' }],
    ['no-account', /^FailedCreate: .*not found/, {}, { NSE_JOBS_SERVICE_ACCOUNT: 'nobody' }],
  ])(
    'says within half a minute what keeps it: %s, and is gone when halted',
    async (id, reason, resources, env) => {
      const halt = new AbortController();
      const began = performance.now();
      const outcome = runner(env).run(job(id, resources), halt.signal);
      expect(await waiting(id, reason)).toMatch(reason);
      expect(performance.now() - began).toBeLessThan(30_000);
      halt.abort(new Halt('cancelled'));
      expect(await outcome).toEqual({ kind: 'cancelled' });
      expect(await jobNames()).not.toContain(id);
      const pods = await core.listNamespacedPod({
        namespace,
        labelSelector: `batch.kubernetes.io/job-name=${id}`,
      });
      expect(pods.items).toEqual([]);
    },
  );

  it('survives its service, is made anew when deleted by hand, and ends with its results', async () => {
    const stop = new AbortController();
    const spec = job('kept', { gpus: 999 });
    const first = runner().run(spec, stop.signal);
    await waiting('kept', /^Unschedulable/);
    stop.abort();
    expect(await first).toEqual({ kind: 'cancelled' });
    const uid = (await batch.readNamespacedJob({ name: 'kept', namespace })).metadata?.uid;
    const second = runner().run(spec, never);
    await batch.deleteNamespacedJob({ name: 'kept', namespace, propagationPolicy: 'Background' });
    let now: string | undefined;
    while (now === undefined || now === uid) {
      now = (await batch.listNamespacedJob({ namespace })).items.find(
        ({ metadata }) => metadata?.name === 'kept',
      )?.metadata?.uid;
    }
    const attempt = await Attempt.begin(store, bus.artifacts, 'kept', 0);
    if (attempt !== 'done') await attempt.finish({ any: 'result' });
    expect(await second).toEqual({ kind: 'succeeded', results: [{ any: 'result' }] });
  });
});
