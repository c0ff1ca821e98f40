import { readFileSync } from 'node:fs';
import { NseError, type Violation } from '@nse/space';
import { parseText, violationsOf } from '@nse/spec';
import { z } from 'zod';

const text = () => z.string().min(1);
const labels = () => z.record(text(), z.string());

const toleration = z.strictObject({
  key: text().optional(),
  operator: z.enum(['Exists', 'Equal']).optional(),
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
  tolerationSeconds: z.int().min(0).optional(),
});

const mount = z.strictObject({
  claim: text(),
  path: z.string().regex(/^\/[^:]*$/, 'an absolute path'),
  subPath: text().optional(),
});

/** What a stage may have otherwise than the others. */
const placement = {
  nodeSelector: labels().optional(),
  tolerations: z.array(toleration).optional(),
  priorityClassName: text().optional(),
  runtimeClassName: text().optional(),
  /** A LocalQueue of Kueue: Jobs are created suspended, with its label. */
  queue: text().optional(),
  activeDeadlineSeconds: z.int().min(1).optional(),
  memoryMiB: z.int().min(64).optional(),
};

const week = 7 * 24 * 60 * 60;
const day = 24 * 60 * 60;
const stage = () => z.strictObject(placement).default({});

const schema = z.strictObject({
  ...placement,
  namespace: text(),
  image: text(),
  gpuImage: text().optional(),
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
  imagePullSecrets: z.array(text()).default([]),
  serviceAccount: text().default('nse-worker'),
  tlsSecret: text().optional(),
  cacheClaim: text().optional(),
  mounts: z.array(mount).default([]),
  gpuResource: text().default('nvidia.com/gpu'),
  ttlSecondsAfterFinished: z.int().min(0).default(day),
  activeDeadlineSeconds: z.int().min(1).default(week),
  memoryMiB: z.int().min(64).default(4096),
  stages: z.strictObject({ train: stage(), evaluate: stage(), retrain: stage() }).prefault({}),
});

/** Where and as what the Jobs of all tasks run; see docs/kubernetes-jobs.md. */
export type KubernetesSettings = z.infer<typeof schema>;

/** The variables that stand for a key of the settings, and win over the file. */
const variables: Readonly<Record<string, keyof KubernetesSettings>> = {
  NSE_JOBS_NAMESPACE: 'namespace',
  NSE_JOBS_IMAGE: 'image',
  NSE_JOBS_GPU_IMAGE: 'gpuImage',
  NSE_JOBS_SERVICE_ACCOUNT: 'serviceAccount',
  NSE_JOBS_TLS_SECRET: 'tlsSecret',
  NSE_JOBS_CACHE_CLAIM: 'cacheClaim',
  NSE_JOBS_PRIORITY_CLASS: 'priorityClassName',
  NSE_JOBS_QUEUE: 'queue',
  NSE_JOBS_MEMORY_MIB: 'memoryMiB',
};
const numbers: ReadonlySet<keyof KubernetesSettings> = new Set(['memoryMiB'] as const);
/** A Service that is called nse-jobs puts such variables into every pod of its namespace. */
const ofServiceLinks = /_(SERVICE_(HOST|PORT)|PORT)(_|$)/;

/**
 * The settings of the file that NSE_JOBS_CONFIG names (YAML or JSON), with what the environment says in its place.
 * Raises INVALID_ARGUMENT that names every wrong key at once.
 */
export function kubernetesSettings(env: NodeJS.ProcessEnv): KubernetesSettings {
  const given = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      /^NSE_JOBS_/.test(entry[0]) && entry[1] !== undefined && entry[1] !== '',
  );
  const unknown = given.flatMap(([name]): Violation[] =>
    name === 'NSE_JOBS_CONFIG' || name in variables || ofServiceLinks.test(name)
      ? []
      : [{ field: name, description: 'unknown variable' }],
  );
  const set = given.flatMap(([name, value]): [string, unknown][] => {
    const key = variables[name];
    return key === undefined ? [] : [[key, numbers.has(key) ? Number(value) : value]];
  });
  const parsed = schema.safeParse(
    { ...fromFile(env['NSE_JOBS_CONFIG']), ...Object.fromEntries(set) },
    { reportInput: true },
  );
  const wrong = parsed.success ? [] : parsed.error.issues.flatMap(violationsOf);
  const violations = [...unknown, ...wrong.map((violation) => byVariable(violation, env))];
  if (parsed.success && violations.length === 0) return Object.freeze(parsed.data);
  const listed = violations.map(({ field, description }) => `${field}: ${description}`).join('; ');
  throw new NseError('INVALID_ARGUMENT', `the settings of Jobs are wrong: ${listed}`, { violations });
}

function fromFile(path: string | undefined): object {
  if (path === undefined || path === '') return {};
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw new NseError('INVALID_ARGUMENT', `${path} cannot be read`, {
      field: 'NSE_JOBS_CONFIG',
      cause: error,
    });
  }
  const value = parseText(content) ?? {};
  if (typeof value === 'object' && !Array.isArray(value)) return value;
  throw new NseError('INVALID_ARGUMENT', `${path} holds no settings`, { field: 'NSE_JOBS_CONFIG' });
}

/** A key that a variable sets, or that only a variable is likely to set, is named as the reader knows it. */
function byVariable({ field, description }: Violation, env: NodeJS.ProcessEnv): Violation {
  const [name] = Object.entries(variables).find(([, key]) => key === field) ?? [];
  if (name === undefined) return { field, description };
  if ((env[name] ?? '') !== '') return { field: name, description };
  return env['NSE_JOBS_CONFIG'] === undefined
    ? { field: name, description: 'is not set' }
    : { field, description };
}
