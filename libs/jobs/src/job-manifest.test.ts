import type { JobSpec } from './job.js';
import { jobManifest } from './job-manifest.js';

const spec: JobSpec = {
  id: 'tests-r2-evaluate',
  service: 'fitness-evaluator',
  of: { search: 'tests', stage: 'evaluate', round: 2 },
  replicas: 4,
  input: {},
  resources: { threads: 2, gpus: 1, memoryMiB: 4096 },
};
const options = {
  namespace: 'nse',
  image: 'registry.example/nse:1',
  serviceAccount: 'nse-worker',
  natsUrl: 'nats://nats:4222',
};

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
    const pod = jobManifest(spec, { ...options, tlsSecret: 'nats-client' }).spec!.template.spec!;
    expect(pod.volumes).toContainEqual({ name: 'tls', secret: { secretName: 'nats-client' } });
    expect(pod.containers[0]?.env).toContainEqual({ name: 'NSE_NATS_CA', value: '/var/run/nse/tls/ca.crt' });
  });
});
