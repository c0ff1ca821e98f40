import { spawn } from 'node:child_process';

/** How a worker process ended, with the last lines that it wrote on standard error. */
export interface WorkerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lastLines: string;
  /** Whether we told it to stop. */
  readonly stopped: boolean;
}

/** How long a worker that was told to stop may take before it is killed. */
const graceMs = 10_000;
const keptChars = 4_000;

/**
 * Runs `node <program>` until it ends. An open channel to us lets it see when we are gone. When the signal aborts it is
 * told to stop (SIGTERM), and killed if it does not.
 */
export async function runWorkerProcess(
  program: string,
  env: Record<string, string>,
  heapMiB: number,
  signal: AbortSignal,
): Promise<WorkerExit> {
  const child = spawn(process.execPath, [`--max-old-space-size=${heapMiB}`, program], {
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let kept = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    process.stderr.write(chunk);
    kept = (kept + chunk.toString()).slice(-keptChars);
  });
  let killer: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill('SIGTERM');
    killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await new Promise<WorkerExit>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, ended) =>
        resolve({ code, signal: ended, lastLines: kept.trim(), stopped: signal.aborted }),
      );
    });
  } finally {
    signal.removeEventListener('abort', stop);
    clearTimeout(killer);
  }
}
