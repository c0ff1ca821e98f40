import { NseError } from '@nse/space';
import type { JobRunner } from './job.js';
import { LocalJobs, type LocalOptions } from './local-jobs.js';

/** What either kind of runner may need. */
export type JobEnvironment = Omit<LocalOptions, 'natsUrl'>;

/**
 * The runner that NSE_JOBS names: `local` (the default) or `kubernetes`. This is the only place that looks at where we
 * run. For Kubernetes: NSE_JOBS_IMAGE, NSE_JOBS_NAMESPACE, NSE_JOBS_SERVICE_ACCOUNT, and NSE_JOBS_TLS_SECRET for NATS.
 */
export async function jobRunnerFromEnvironment(
  options: JobEnvironment,
  env: NodeJS.ProcessEnv = process.env,
): Promise<JobRunner> {
  const kind = env['NSE_JOBS'] ?? 'local';
  const natsUrl = required(env, 'NSE_NATS_URL');
  if (kind === 'local') return new LocalJobs({ ...options, natsUrl });
  if (kind !== 'kubernetes') {
    throw new NseError('INVALID_ARGUMENT', `NSE_JOBS is "${kind}": use local or kubernetes`, {
      field: 'NSE_JOBS',
    });
  }
  // Loaded on demand: the client is large, and of no use on a laptop.
  const { KubernetesJobs } = await import('./kubernetes-jobs.js');
  const tlsSecret = env['NSE_JOBS_TLS_SECRET'];
  return KubernetesJobs.inCluster({
    bus: options.bus,
    log: options.log,
    natsUrl,
    image: required(env, 'NSE_JOBS_IMAGE'),
    namespace: required(env, 'NSE_JOBS_NAMESPACE'),
    serviceAccount: env['NSE_JOBS_SERVICE_ACCOUNT'] ?? 'nse-worker',
    ...(tlsSecret === undefined ? {} : { tlsSecret }),
  });
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new NseError('FAILED_PRECONDITION', `${name} is not set`, { field: name });
}
