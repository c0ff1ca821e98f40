import type { V1EnvVar, V1PodSpec, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import type { Plain } from '@nse/kubernetes';
import { exitCode } from './exit-code.js';
import type { JobSpec } from './job.js';
import type { Job } from './kubernetes-objects.js';
import type { KubernetesSettings } from './kubernetes-settings.js';
import { taskVariables } from './worker-environment.js';

/** Where and as what the Jobs run. */
export interface ManifestOptions {
  readonly settings: KubernetesSettings;
  readonly natsUrl: string;
  /** More variables for every worker, such as NSE_LOG_LEVEL. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** What all Jobs and their pods carry. */
export const workerLabels = {
  'app.kubernetes.io/part-of': 'nse',
  'app.kubernetes.io/component': 'worker',
} as const;
export const searchLabel = 'nse/search';
/** On what a client asked for: it goes on in a search that is paused or over. */
export const requestedLabel = 'nse/requested';

const tlsFolder = '/var/run/nse/tls';
const cacheFolder = '/var/cache/nse';
/** Of a pod's memory at most: the rest is for tensors. */
const heapShare = 0.75;

/** The Job of a task: one pod an index, each index with its own count of failures. */
export function jobManifest(spec: JobSpec, options: ManifestOptions): Job {
  const { settings } = options;
  const { queue, activeDeadlineSeconds } = placementOf(spec, settings);
  const labels = {
    ...workerLabels,
    'app.kubernetes.io/name': spec.service,
    [searchLabel]: spec.of.search,
    'nse/stage': spec.of.stage,
    'nse/round': String(spec.of.round),
    ...(spec.requested === true ? { [requestedLabel]: 'true' } : {}),
  };
  const queueLabel = queue === undefined ? {} : { 'kueue.x-k8s.io/queue-name': queue };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: spec.id, namespace: settings.namespace, labels: { ...labels, ...queueLabel } },
    spec: {
      completionMode: 'Indexed',
      completions: spec.replicas,
      parallelism: spec.replicas,
      backoffLimitPerIndex: (spec.maxAttempts ?? 3) - 1,
      maxFailedIndexes: 0,
      ttlSecondsAfterFinished: settings.ttlSecondsAfterFinished,
      activeDeadlineSeconds,
      // Kueue starts the Job when its queue has room.
      ...(queue === undefined ? {} : { suspend: true }),
      podFailurePolicy: { rules: [...failureRules] },
      template: { metadata: { labels }, spec: podSpec(spec, options) },
    },
  };
}

const failureRules = [
  // A drained node, a lost one or a higher priority is not the worker's fault.
  { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
  {
    action: 'FailJob',
    onExitCodes: { containerName: 'worker', operator: 'In', values: [exitCode.permanent] },
  },
  // Neither is being told to stop, or being replaced.
  {
    action: 'Ignore',
    onExitCodes: {
      containerName: 'worker',
      operator: 'In',
      values: [exitCode.superseded, exitCode.stopped],
    },
  },
];

function placementOf({ of }: JobSpec, { stages, ...settings }: KubernetesSettings) {
  const own =
    of.stage === 'train' || of.stage === 'evaluate' || of.stage === 'retrain' ? stages[of.stage] : {};
  const { memoryMiB, activeDeadlineSeconds, ...rest } = { ...settings, ...own };
  return {
    ...rest,
    memoryMiB: memoryMiB ?? settings.memoryMiB,
    activeDeadlineSeconds: activeDeadlineSeconds ?? settings.activeDeadlineSeconds,
  };
}

function podSpec(spec: JobSpec, options: ManifestOptions): Plain<V1PodSpec> {
  const { settings } = options;
  const { nodeSelector, tolerations, priorityClassName, runtimeClassName } = placementOf(spec, settings);
  return {
    restartPolicy: 'Never',
    serviceAccountName: settings.serviceAccount,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 30,
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(tolerations === undefined ? {} : { tolerations: tolerations.map(withoutGaps) }),
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
    ...(settings.imagePullSecrets.length === 0
      ? {}
      : { imagePullSecrets: settings.imagePullSecrets.map((name) => ({ name })) }),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10_001,
      runAsGroup: 10_001,
      fsGroup: 10_001,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [container(spec, options)],
    volumes: volumes(settings),
  };
}

function container(spec: JobSpec, options: ManifestOptions): Plain<V1PodSpec>['containers'][number] {
  const { settings } = options;
  const { threads, gpus, memoryMiB: heapMiB, podMemoryMiB } = spec.resources;
  const memoryMiB = podMemoryMiB ?? placementOf(spec, settings).memoryMiB;
  const memory = `${memoryMiB}Mi`;
  const gpu = gpus === 0 ? {} : { [settings.gpuResource]: String(gpus) };
  const heap = Math.min(heapMiB, Math.floor(memoryMiB * heapShare));
  const program = `/app/services/${spec.service}/dist/worker.js`;
  return {
    name: 'worker',
    image: gpus > 0 ? (settings.gpuImage ?? settings.image) : settings.image,
    ...(settings.imagePullPolicy === undefined ? {} : { imagePullPolicy: settings.imagePullPolicy }),
    command: ['node', `--max-old-space-size=${heap}`, program],
    env: containerEnvironment(spec, options),
    resources: {
      requests: { cpu: String(threads), memory, ...gpu },
      limits: { memory, ...gpu },
    },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: volumeMounts(settings),
  };
}

function volumes({ tlsSecret, cacheClaim, mounts }: KubernetesSettings): Plain<V1Volume>[] {
  const claim = (name: string, claimName: string) => ({
    name,
    persistentVolumeClaim: { claimName, readOnly: true },
  });
  return [
    { name: 'scratch', emptyDir: {} },
    ...(tlsSecret === undefined ? [] : [{ name: 'tls', secret: { secretName: tlsSecret } }]),
    ...(cacheClaim === undefined ? [] : [claim('cache', cacheClaim)]),
    ...mounts.map((mount, index) => claim(`data-${index}`, mount.claim)),
  ];
}

function volumeMounts({ tlsSecret, cacheClaim, mounts }: KubernetesSettings): Plain<V1VolumeMount>[] {
  return [
    { name: 'scratch', mountPath: '/tmp' },
    ...(tlsSecret === undefined ? [] : [{ name: 'tls', mountPath: tlsFolder, readOnly: true }]),
    ...(cacheClaim === undefined ? [] : [{ name: 'cache', mountPath: cacheFolder, readOnly: true }]),
    ...mounts.map(({ path, subPath }, index) => ({
      name: `data-${index}`,
      mountPath: path,
      readOnly: true,
      ...(subPath === undefined ? {} : { subPath }),
    })),
  ];
}

function containerEnvironment(
  spec: JobSpec,
  { settings, natsUrl, variables: more }: ManifestOptions,
): Plain<V1EnvVar>[] {
  const variables = {
    ...more,
    ...taskVariables(spec, natsUrl),
    NSE_CACHE: settings.cacheClaim === undefined ? '/tmp/nse' : cacheFolder,
    ...(settings.tlsSecret === undefined
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

type Toleration = NonNullable<KubernetesSettings['tolerations']>[number];

function withoutGaps(toleration: Toleration): Plain<NonNullable<V1PodSpec['tolerations']>[number]> {
  return Object.fromEntries(Object.entries(toleration).filter(([, value]) => value !== undefined));
}
