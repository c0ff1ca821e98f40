import type { V1EnvVar, V1Job, V1PodSpec } from '@kubernetes/client-node';
import { exitCode } from './exit-code.js';
import type { JobSpec } from './job.js';
import { taskVariables } from './worker-environment.js';

/** The client's model classes as plain data, which is what an API server reads. */
type Plain<T> = T extends Date ? T : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;

/** Where and as what the Jobs run. */
export interface ManifestOptions {
  readonly namespace: string;
  /** The image of all services; `/app/services/<service>/dist/worker.js` is a service's worker. */
  readonly image: string;
  readonly serviceAccount: string;
  readonly natsUrl: string;
  /** A secret with `ca.crt`, `tls.crt` and `tls.key` for NATS. */
  readonly tlsSecret?: string;
}

const tlsFolder = '/var/run/nse/tls';
const hour = 60 * 60;

/** The Job of a task: one pod an index, each index with its own count of failures. */
export function jobManifest(spec: JobSpec, options: ManifestOptions): Plain<V1Job> {
  const labels = {
    'app.kubernetes.io/name': spec.service,
    'app.kubernetes.io/part-of': 'nse',
    'app.kubernetes.io/component': 'worker',
    'nse/search': spec.of.search,
    'nse/stage': spec.of.stage,
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: spec.id, namespace: options.namespace, labels },
    spec: {
      completionMode: 'Indexed',
      completions: spec.replicas,
      parallelism: spec.replicas,
      backoffLimitPerIndex: (spec.maxAttempts ?? 3) - 1,
      maxFailedIndexes: 0,
      ttlSecondsAfterFinished: 24 * hour,
      podFailurePolicy: {
        rules: [
          // A drained node or a higher priority is not the worker's fault.
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          {
            action: 'FailJob',
            onExitCodes: { containerName: 'worker', operator: 'In', values: [exitCode.permanent] },
          },
        ],
      },
      template: { metadata: { labels }, spec: podSpec(spec, options) },
    },
  };
}

function podSpec(spec: JobSpec, options: ManifestOptions): Plain<V1PodSpec> {
  const { tlsSecret } = options;
  const gpus = spec.resources.gpus === 0 ? {} : { 'nvidia.com/gpu': String(spec.resources.gpus) };
  const memory = `${spec.resources.memoryMiB}Mi`;
  return {
    restartPolicy: 'Never',
    serviceAccountName: options.serviceAccount,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 30,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10_001,
      fsGroup: 10_001,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'worker',
        image: options.image,
        command: ['node', `/app/services/${spec.service}/dist/worker.js`],
        env: containerEnvironment(spec, options),
        resources: {
          requests: { cpu: String(spec.resources.threads), memory, ...gpus },
          limits: { memory, ...gpus },
        },
        terminationMessagePolicy: 'FallbackToLogsOnError',
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [
          { name: 'scratch', mountPath: '/tmp' },
          ...(tlsSecret === undefined ? [] : [{ name: 'tls', mountPath: tlsFolder, readOnly: true }]),
        ],
      },
    ],
    volumes: [
      { name: 'scratch', emptyDir: {} },
      ...(tlsSecret === undefined ? [] : [{ name: 'tls', secret: { secretName: tlsSecret } }]),
    ],
  };
}

function containerEnvironment(spec: JobSpec, options: ManifestOptions): Plain<V1EnvVar>[] {
  const variables = {
    ...taskVariables(spec, options.natsUrl),
    NSE_CACHE: '/tmp/nse',
    ...(options.tlsSecret === undefined
      ? {}
      : {
          NSE_NATS_CA: `${tlsFolder}/ca.crt`,
          NSE_NATS_CERT: `${tlsFolder}/tls.crt`,
          NSE_NATS_KEY: `${tlsFolder}/tls.key`,
        }),
  };
  const index = "metadata.annotations['batch.kubernetes.io/job-completion-index']";
  return [
    ...Object.entries(variables).map(([name, value]) => ({ name, value })),
    { name: 'NSE_REPLICA', valueFrom: { fieldRef: { fieldPath: index } } },
  ];
}
