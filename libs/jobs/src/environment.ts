import { NseError } from '@nse/space';
import type { JobRunner } from './job.js';
import { LocalJobs, type LocalOptions } from './local-jobs.js';
import { MeteredJobs } from './metered-jobs.js';

/** What either kind of runner may need. */
export type JobEnvironment = Omit<LocalOptions, 'natsUrl'>;

/** Variables of a service that its workers need as they are, wherever they run. */
const passedOn = ['NSE_LOG_LEVEL', 'NSE_NATS_REPLICAS'];

/**
 * The runner that NSE_JOBS names: `local` (the default) or `kubernetes`. This is the only place that looks at where we
 * run. The settings of Jobs on Kubernetes are those of `kubernetesSettings`.
 */
export async function jobRunnerFromEnvironment(
  options: JobEnvironment,
  env: NodeJS.ProcessEnv = process.env,
): Promise<JobRunner> {
  return new MeteredJobs(await runnerFromEnvironment(options, env), options.bus, options.log);
}

async function runnerFromEnvironment(options: JobEnvironment, env: NodeJS.ProcessEnv): Promise<JobRunner> {
  const kind = env['NSE_JOBS'] ?? 'local';
  const natsUrl = required(env, 'NSE_NATS_URL');
  if (kind === 'local') return new LocalJobs({ ...options, natsUrl, ...tasksAtOnce(env) });
  if (kind !== 'kubernetes') {
    throw new NseError('INVALID_ARGUMENT', `NSE_JOBS is "${kind}": use local or kubernetes`, {
      field: 'NSE_JOBS',
    });
  }
  // Loaded on demand: the client is large, and of no use on a laptop.
  const { KubernetesJobs } = await import('./kubernetes-jobs.js');
  const { kubernetesSettings } = await import('./kubernetes-settings.js');
  const variables = passedOn.flatMap((name): [string, string][] =>
    env[name] === undefined ? [] : [[name, env[name]]],
  );
  return KubernetesJobs.inCluster({
    bus: options.bus,
    log: options.log,
    natsUrl,
    settings: kubernetesSettings(env),
    variables: Object.fromEntries(variables),
  });
}

/** How many tasks of a service run at once on this machine; others wait for their turn. */
function tasksAtOnce({ NSE_TASKS_AT_ONCE: text = '' }: NodeJS.ProcessEnv): Pick<LocalOptions, 'tasksAtOnce'> {
  if (text === '') return {};
  if (/^[1-9]\d{0,3}$/.test(text)) return { tasksAtOnce: Number(text) };
  throw new NseError('INVALID_ARGUMENT', `NSE_TASKS_AT_ONCE is "${text}": needs a whole number, 1 to 9999`, {
    field: 'NSE_TASKS_AT_ONCE',
  });
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new NseError('FAILED_PRECONDITION', `${name} is not set`, { field: name });
}
