import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { serviceNames } from '@nse/cli';
import { arm, disarm } from '@nse/telemetry';
import { allPoints, type Fault, picked } from './draw.js';
import { publishAgain, readLog } from './event-log.js';
import { signal } from './processes.js';
import { makeStale } from './stale-worker.js';
import { type FaultySystem, type ServiceName, untilTaken, waitFor } from './system.js';

/** What came of a fault. `missed`: there was nothing to do it to, or its moment did not come. */
export type Injection =
  | { readonly kind: 'done'; readonly killed?: string; readonly detail?: string }
  | { readonly kind: 'missed' }
  | { readonly kind: 'violated'; readonly violation: string };

const missed: Injection = { kind: 'missed' };

/** How long an armed point may wait for its program to come by. */
const PASSED_WITHIN_MS = 30_000;
const RUNS_WITHIN_MS = 20_000;

/** Does the fault to the searches that run. `over` says whether none does any more. */
export async function inject(
  system: FaultySystem,
  fault: Fault,
  searches: readonly string[],
  over: () => boolean,
): Promise<Injection> {
  switch (fault.kind) {
    case 'kill-service':
      return await killProgram(system, fault.service, over);
    case 'kill-nats':
      return await killNats(system, over);
    case 'kill-worker':
      return await killWorker(system, fault.pick, over);
    case 'failpoint':
      return await fire(system, fault, over);
    case 'doubled':
      return await again(system, picked(searches, fault.pick), 1);
    case 'late':
      return await again(system, picked(searches, fault.pick), fault.pick);
    case 'pause':
      return await pauseAndResume(system, picked(searches, fault.pick));
    case 'stale-worker':
      return await makeStale(system, over);
  }
}

async function killProgram(
  system: FaultySystem,
  service: ServiceName,
  over: () => boolean,
): Promise<Injection> {
  const pid = () => system.runtime.processes().get(service);
  await waitFor(() => pid() !== undefined || over(), RUNS_WITHIN_MS);
  const victim = pid();
  if (victim === undefined || over() || !signal(victim, 'SIGKILL')) return missed;
  return { kind: 'done', killed: service };
}

/** The server itself: its parent is the shell that holds it. */
async function killNats(system: FaultySystem, over: () => boolean): Promise<Injection> {
  const find = () =>
    system
      .processes()
      .find(({ command }) => /^\S*nats-server -c/.test(command) && !command.startsWith('sh '));
  await waitFor(() => find() !== undefined || over(), RUNS_WITHIN_MS);
  const victim = find();
  if (victim === undefined || over() || !signal(victim.pid, 'SIGKILL')) return missed;
  return { kind: 'done', killed: 'nats-server' };
}

async function killWorker(system: FaultySystem, pick: number, over: () => boolean): Promise<Injection> {
  await waitFor(() => system.workers().length > 0 || over(), RUNS_WITHIN_MS);
  const victim = picked(system.workers(), pick);
  if (victim === undefined || over() || !signal(victim.pid, 'SIGKILL')) return missed;
  return { kind: 'done', killed: victim.task };
}

async function fire(
  system: FaultySystem,
  fault: Extract<Fault, { kind: 'failpoint' }>,
  over: () => boolean,
): Promise<Injection> {
  const where = picked(pointsToCome(system), fault.pick);
  if (where === undefined) return missed;
  const { action, passes } = fault;
  const file = arm(system.failpoints, { ...where, action, passes });
  const fired = () => !existsSync(file);
  // Where a program lets one pass go by, the file is away for a moment.
  const settled = async () => over() || (fired() && (await delay(100, true)) && fired());
  await waitFor(settled, PASSED_WITHIN_MS);
  if (disarm(file)) return missed;
  const detail = `${where.program} at ${where.point}`;
  return { kind: 'done', detail, ...(action === 'kill' ? { killed: where.program } : {}) };
}

/** The points of the programs that have to do with what is being worked on. */
function pointsToCome(system: FaultySystem): typeof allPoints {
  const busy = system
    .workers()
    .flatMap(({ command }) => /([^/]+)\/dist\/worker\.js/.exec(command)?.[1] ?? []);
  const programs = new Set(['space-manager', ...busy, ...busy.map((service) => `${service}-worker`)]);
  return allPoints.filter(({ program }) => programs.has(program));
}

/** Publishes a stored event of the search again: the newest for `pick` 1, else an older one. */
async function again(system: FaultySystem, search: string | undefined, pick: number): Promise<Injection> {
  if (search === undefined) return missed;
  const log = await readLog(system.nats, search).catch(() => []);
  const event = pick >= 1 ? log.at(-1) : picked(log.slice(0, -1), pick);
  if (event === undefined) return missed;
  try {
    await publishAgain(system.nats, event.sequence, `${event.sequence}-${Date.now()}`);
  } catch {
    // The server is on its way back from a kill: this fault is for another time.
    return missed;
  }
  return { kind: 'done', detail: event.id };
}

async function pauseAndResume(system: FaultySystem, search: string | undefined): Promise<Injection> {
  if (search === undefined) return missed;
  const call = { waitForReady: true, deadlineMs: 60_000 };
  try {
    await untilTaken(() => system.spaceManager.pauseSearch({ search }, call));
  } catch {
    // It came to its end meanwhile.
    return missed;
  }
  const stopped = await waitFor(() => workersOf(system, search) === 0, 60_000);
  await untilTaken(() => system.spaceManager.resumeSearch({ search }, call));
  if (stopped) return { kind: 'done', detail: search };
  return { kind: 'violated', violation: `a worker of ${search} ran on for 60 s after the search was paused` };
}

const workersOf = (system: FaultySystem, search: string) =>
  system.workers().filter(({ task }) => task.startsWith(`${search}-`)).length;

/** Whether the name is that of a service. */
export function isService(name: string): name is ServiceName {
  return (serviceNames as readonly string[]).includes(name);
}
