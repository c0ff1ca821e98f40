import { readdirSync, readFileSync } from 'node:fs';

/** What /proc says of a process. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Every process on this machine that belongs to the system at this NATS address, whoever its parent is by now. */
export function processesOf(system: { readonly natsUrl: string; readonly folder: string }): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => readProcess(Number(name)) ?? [])
    .filter(
      ({ environment, command }) =>
        environment['NSE_NATS_URL'] === system.natsUrl || command.includes(system.folder),
    );
}

/** The workers among them, by their task. */
export function workersAmong(processes: readonly Process[]): (Process & { readonly task: string })[] {
  return processes.flatMap((process) => {
    const task = process.environment['NSE_TASK'];
    return task === undefined || !process.command.includes('dist/worker.js') ? [] : [{ ...process, task }];
  });
}

/** Sends the signal; false where the process has ended. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

function readProcess(pid: number): Process | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    // One that ended but was not waited for yet holds nothing any more.
    if (/^State:\s+[ZX]/m.test(status)) return undefined;
    const parts = (name: string) => readFileSync(`/proc/${pid}/${name}`, 'utf8').split('\0');
    const variables = parts('environ').map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    });
    const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]);
    return {
      pid,
      parent,
      command: parts('cmdline').join(' ').trim(),
      environment: Object.fromEntries(variables),
    };
  } catch {
    // It ended meanwhile, or is not ours to read.
    return undefined;
  }
}
