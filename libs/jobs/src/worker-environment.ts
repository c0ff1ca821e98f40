import type { JobSpec } from './job.js';

/** Variables of ours that a worker needs to find programs, libraries and caches. None of them is a secret. */
const passedOn =
  /^(PATH|HOME|LANG|TZ|TMPDIR|XDG_CACHE_HOME|LD_LIBRARY_PATH|CUDA_VISIBLE_DEVICES|NSE_.*|TF_.*)$/;

/** The variables that tell a worker, wherever it runs, what to do. */
export function taskVariables(spec: JobSpec, natsUrl: string): Record<string, string> {
  return {
    NSE_TASK: spec.id,
    NSE_NATS_URL: natsUrl,
    // The thread count decides the order of additions, and with it the bits of the result.
    TF_NUM_INTRAOP_THREADS: String(spec.resources.threads),
    TF_NUM_INTEROP_THREADS: '1',
    TF_CPP_MIN_LOG_LEVEL: '2',
    ...(spec.resources.gpus === 0 ? { CUDA_VISIBLE_DEVICES: '-1' } : {}),
  };
}

/** The whole environment of a worker process on this machine. */
export function workerEnvironment(
  own: NodeJS.ProcessEnv,
  spec: JobSpec,
  replica: number,
  natsUrl: string,
): Record<string, string> {
  const inherited = Object.entries(own).flatMap(([name, value]): [string, string][] =>
    value !== undefined && passedOn.test(name) ? [[name, value]] : [],
  );
  return { ...Object.fromEntries(inherited), ...taskVariables(spec, natsUrl), NSE_REPLICA: String(replica) };
}
