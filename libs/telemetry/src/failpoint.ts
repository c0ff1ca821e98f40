import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NseError } from '@nse/space';

/** Where a program can be made to fail: just before and just after each thing that must survive a fault. */
export const failpointNames = [
  'publish.before',
  'publish.after',
  'acknowledge.before',
  'acknowledge.after',
  'state-write.before',
  'state-write.after',
  'checkpoint.before',
  'checkpoint.after',
  'artifact-write.before',
  'artifact-write.after',
  'job-start.before',
  'job-start.after',
  'result.before',
  'result.after',
] as const;

export type FailpointName = (typeof failpointNames)[number];

/** What happens at an armed point: SIGKILL or SIGSTOP to oneself, or a passing error is raised. */
export const failpointActions = ['kill', 'stop', 'error'] as const;

export type FailpointAction = (typeof failpointActions)[number];

/** One point of one program to be armed. */
export interface Arming {
  /** A service's name, a worker's (`supernet-trainer-worker`), or `*` for whoever comes by first. */
  readonly program: string;
  readonly point: FailpointName;
  readonly action: FailpointAction;
  /** How many passes to let go by first; 0 unless given. */
  readonly passes?: number;
}

/**
 * Does nothing unless the folder that NSE_FAILPOINTS names has the point armed for this program: for tests of faults only.
 * A point fires once. Raises UNAVAILABLE where the armed action is `error`.
 */
export const failpoint = failpointsOf(process.env['NSE_FAILPOINTS'], programName(process.argv[1]));

/** The failpoints of one program. */
export function failpointsOf(folder: string | undefined, program: string): (point: FailpointName) => void {
  if (folder === undefined || folder === '') return () => undefined;
  return (point) => {
    for (const file of [`${program}.${point}`, `*.${point}`]) pass(join(folder, file), program, point);
  };
}

/** Arms the point: its file appears as a whole. Gives the file's path; `disarm` takes it. */
export function arm(folder: string, { program, point, action, passes = 0 }: Arming): string {
  const file = join(folder, `${program}.${point}`);
  replace(file, action, passes);
  return file;
}

/** Takes the point back; false where it fired before that, or is being passed right now. */
export function disarm(file: string): boolean {
  return claim(file, 'disarmed') !== undefined;
}

/** `supernet-trainer` for its `dist/main.js`, `supernet-trainer-worker` for its `dist/worker.js`. */
export function programName(path = ''): string {
  const [, service, kind] = /([^/\\]+)[/\\]dist[/\\](main|worker)\.js$/.exec(path) ?? [];
  if (service === undefined) return 'unknown';
  return kind === 'worker' ? `${service}-worker` : service;
}

function pass(file: string, program: string, point: FailpointName): void {
  const claimed = claim(file, `fired-${program}-${process.pid}`);
  if (claimed === undefined) return;
  const [action, passes] = readFileSync(claimed, 'utf8').trim().split(/\s+/);
  const left = Number(passes ?? 0);
  if (left > 0) {
    renameSync(claimed, `${claimed}.passed`);
    replace(file, action ?? '', left - 1);
    return;
  }
  if (action === 'error') throw new NseError('UNAVAILABLE', `failpoint ${point} of ${program}`);
  process.kill(process.pid, action === 'stop' ? 'SIGSTOP' : 'SIGKILL');
}

/** Of several that try, one gets the file, under a name of its own that stays as the record of it. */
function claim(file: string, by: string): string | undefined {
  const claimed = `${file}.${by}-${process.hrtime.bigint()}`;
  try {
    renameSync(file, claimed);
    return claimed;
  } catch {
    // Not armed, which is the rule.
    return undefined;
  }
}

function replace(file: string, action: string, passes: number): void {
  const draft = `${file}.draft-${process.pid}-${process.hrtime.bigint()}`;
  writeFileSync(draft, `${action} ${passes}\n`);
  renameSync(draft, file);
}
