import type { JobSpec } from './job.js';
import { jobManifest } from './job-manifest.js';
import { type KubernetesSettings, kubernetesSettings } from './kubernetes-settings.js';

const spec: JobSpec = {
  id: 'tests-r2-evaluate',
  service: 'fitness-evaluator',
  of: { search: 'tests', stage: 'evaluate', round: 2 },
  replicas: 4,
  input: {},
  resources: { threads: 2, gpus: 1, memoryMiB: 4096 },
};
const settings = kubernetesSettings({ NSE_JOBS_NAMESPACE: 'nse', NSE_JOBS_IMAGE: 'registry.example/nse:1' });
const options = { settings, natsUrl: 'nats://nats:4222' };

const having = (changes: Partial<KubernetesSettings>) => ({
  ...options,
  settings: { ...settings, ...changes },
});

function container(manifest: ReturnType<typeof jobManifest>) {
  return manifest.spec!.template.spec!.containers[0]!;
}

describe('the Job of a task', () => {
  it('is named by the task and has a pod for each worker', () => {
    const { metadata, spec: job } = jobManifest(spec, options);
    expect(metadata).toMatchObject({ name: 'tests-r2-evaluate', namespace: 'nse' });
    expect(job).toMatchObject({ completionMode: 'Indexed', completions: 4, parallelism: 4 });
  });

  it('tells the worker its task, its place and its threads, and nothing secret', () => {
    const env = container(jobManifest(spec, options)).env!;
    const named = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    expect(named).toMatchObject({
      NSE_TASK: 'tests-r2-evaluate',
      NSE_NATS_URL: 'nats://nats:4222',
      TF_NUM_INTRAOP_THREADS: '2',
      TF_NUM_INTEROP_THREADS: '1',
    });
    expect(env.find(({ name }) => name === 'NSE_REPLICA')?.valueFrom?.fieldRef?.fieldPath).toContain(
      'job-completion-index',
    );
  });

  it('asks for GPUs only where the task needs them', () => {
    expect(container(jobManifest(spec, options)).resources?.limits).toEqual({
      memory: '4096Mi',
      'nvidia.com/gpu': '1',
    });
    const onCpu = { ...spec, resources: { ...spec.resources, gpus: 0 } };
    expect(container(jobManifest(onCpu, options)).resources?.limits).toEqual({ memory: '4096Mi' });
  });

  it('uses no try up for an eviction, and tries nothing again that fails for good', () => {
    const job = jobManifest(spec, options).spec!;
    expect(job.backoffLimitPerIndex).toBe(2);
    expect(job.podFailurePolicy?.rules).toEqual([
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
      { action: 'FailJob', onExitCodes: { containerName: 'worker', operator: 'In', values: [2] } },
      { action: 'Ignore', onExitCodes: { containerName: 'worker', operator: 'In', values: [3, 143] } },
    ]);
  });

  it('meets the restricted pod security standard', () => {
    const pod = jobManifest(spec, options).spec!.template.spec!;
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(pod.containers[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('mounts the certificate for NATS where a secret is named', () => {
    const pod = jobManifest(spec, having({ tlsSecret: 'nats-client' })).spec!.template.spec!;
    expect(pod.volumes).toContainEqual({ name: 'tls', secret: { secretName: 'nats-client' } });
    expect(pod.containers[0]?.env).toContainEqual({ name: 'NSE_NATS_CA', value: '/var/run/nse/tls/ca.crt' });
  });

  it('goes where the settings say, a stage elsewhere than the others', () => {
    const toleration = { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' } as const;
    const placed = having({
      nodeSelector: { pool: 'gpu' },
      tolerations: [toleration],
      priorityClassName: 'research',
      runtimeClassName: 'nvidia',
      stages: {
        ...settings.stages,
        evaluate: { nodeSelector: { pool: 'small' }, activeDeadlineSeconds: 60, memoryMiB: 1024 },
      },
    });
    const train = jobManifest({ ...spec, of: { ...spec.of, stage: 'train' } }, placed).spec!;
    expect(train.template.spec).toMatchObject({
      nodeSelector: { pool: 'gpu' },
      tolerations: [toleration],
      priorityClassName: 'research',
      runtimeClassName: 'nvidia',
    });
    expect(train).toMatchObject({ activeDeadlineSeconds: 604_800, ttlSecondsAfterFinished: 86_400 });
    const evaluate = jobManifest(spec, placed);
    expect(evaluate.spec).toMatchObject({ activeDeadlineSeconds: 60 });
    expect(evaluate.spec!.template.spec).toMatchObject({ nodeSelector: { pool: 'small' } });
    expect(container(evaluate).resources?.limits).toMatchObject({ memory: '1024Mi' });
  });

  it('has as much memory as the spec says, of which the heap is a part', () => {
    const small = { ...spec, resources: { ...spec.resources, podMemoryMiB: 1000 } };
    const { resources, command } = container(jobManifest(small, options));
    expect(resources?.limits).toMatchObject({ memory: '1000Mi' });
    expect(command).toEqual([
      'node',
      '--max-old-space-size=750',
      '/app/services/fitness-evaluator/dist/worker.js',
    ]);
  });

  it('takes the image for GPUs only with a GPU', () => {
    const both = having({ gpuImage: 'registry.example/nse-cuda:1' });
    const onCpu = { ...spec, resources: { ...spec.resources, gpus: 0 } };
    expect(container(jobManifest(spec, both)).image).toBe('registry.example/nse-cuda:1');
    expect(container(jobManifest(onCpu, both)).image).toBe('registry.example/nse:1');
  });

  it('waits for its turn in a queue of Kueue', () => {
    const { metadata, spec: job } = jobManifest(spec, having({ queue: 'research' }));
    expect(metadata?.labels).toMatchObject({ 'kueue.x-k8s.io/queue-name': 'research' });
    expect(job?.suspend).toBe(true);
    expect(jobManifest(spec, options).spec).not.toHaveProperty('suspend');
  });

  it('mounts data sets for reading', () => {
    const pod = jobManifest(
      spec,
      having({ cacheClaim: 'nse-data', mounts: [{ claim: 'imagenet', path: '/data', subPath: 'v1' }] }),
    ).spec!.template.spec!;
    expect(pod.containers[0]?.volumeMounts).toEqual([
      { name: 'scratch', mountPath: '/tmp' },
      { name: 'cache', mountPath: '/var/cache/nse', readOnly: true },
      { name: 'data-0', mountPath: '/data', readOnly: true, subPath: 'v1' },
    ]);
    expect(pod.containers[0]?.env).toContainEqual({ name: 'NSE_CACHE', value: '/var/cache/nse' });
  });

  it('says whether a client asked for it', () => {
    expect(jobManifest({ ...spec, requested: true }, options).metadata?.labels).toHaveProperty([
      'nse/requested',
    ]);
    expect(jobManifest(spec, options).metadata?.labels).not.toHaveProperty(['nse/requested']);
  });
});
