import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repositoryRoot } from '@nse/cli';
import type { Json } from './evidence.js';
import type { Injection } from './inject.js';
import { signal } from './processes.js';
import { type FaultySystem, waitFor } from './system.js';

/** Longer than it takes until the event of a silent service is handed to another. */
const TAKEN_OVER_WITHIN_MS = 120_000;

/**
 * Suspends a training worker and its service, as a machine that hangs would be, until a second process of the service has
 * taken the task over; then wakes them. The old worker goes on as if nothing had been and writes: it must be refused.
 */
export async function makeStale(system: FaultySystem, over: () => boolean): Promise<Injection> {
  const service = system.runtime.processes().get('supernet-trainer');
  const find = () => system.workers().find(({ parent }) => parent === service);
  await waitFor(() => find() !== undefined || over(), 20_000);
  const worker = find();
  if (service === undefined || worker === undefined) return { kind: 'missed' };
  // It must be at work: one that has yet to begin would take the task over itself.
  if (!(await makesProgress(system, worker.task))) return { kind: 'missed' };
  const second = await startSecond(system);
  try {
    const before = await attemptOf(system, worker.task);
    const told = `attempt ${before} of task ${worker.task} was replaced by a later one`;
    // The service first: it must not see its worker silent and start another itself.
    signal(service, 'SIGSTOP');
    signal(worker.pid, 'SIGSTOP');
    const later = async () => (await attemptOf(system, worker.task)) > before;
    const replaced = await waitFor(later, TAKEN_OVER_WITHIN_MS);
    signal(worker.pid, 'SIGCONT');
    if (replaced) await waitFor(() => system.workers().every(({ pid }) => pid !== worker.pid), 60_000);
    // The log of the worker comes through its service.
    signal(service, 'SIGCONT');
    if (!replaced) return { kind: 'missed' };
    if (await waitFor(() => system.logged('supernet-trainer').includes(told), 60_000))
      return { kind: 'done', detail: told };
    return { kind: 'violated', violation: `a worker of ${worker.task} that was replaced was not refused` };
  } finally {
    signal(service, 'SIGCONT');
    // It hands back what it works on.
    second.kill('SIGTERM');
    await once(second, 'exit');
  }
}

async function makesProgress(system: FaultySystem, task: string): Promise<boolean> {
  const signal = AbortSignal.timeout(20_000);
  for await (const progress of system.bus.onProgress({ stage: 'train', signal })) {
    if (progress.task === task) return true;
  }
  return false;
}

/** A second process of the service, as a cluster would run. */
async function startSecond(system: FaultySystem): Promise<ChildProcess> {
  const program = join(repositoryRoot, 'services/supernet-trainer/dist/main.js');
  const env = { ...process.env, NSE_NATS_URL: system.natsUrl, NSE_JOBS: 'local' };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  await once(child, 'message');
  return child;
}

async function attemptOf(system: FaultySystem, task: string): Promise<number> {
  const runs = await system.bus.states<Json>('NSE_RUNS', (value) => value as Json);
  return Number((await runs.get(`${task}.0`))?.value['attempt'] ?? 0);
}
