import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What /proc says of a process. */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Every process below `root`, at any depth. */
export function descendants(root: number): Process[] {
  const all = processes();
  const below = (parent: number): Process[] =>
    all.filter((process) => process.parent === parent).flatMap((process) => [process, ...below(process.pid)]);
  return below(root);
}

/** The first process below `root` whose command line fits, if there is one. */
export function findBelow(root: number, command: RegExp): Process | undefined {
  return descendants(root).find((process) => command.test(process.command));
}

/** Whether the process is there and runs the same command. */
export function isAlive({ pid, command }: Process): boolean {
  return unlessEnded(() => readProcess(pid))?.command === command;
}

/** Whether the process has loaded a library whose path holds the text. */
export function hasLoaded(pid: number, library: string): boolean {
  return unlessEnded(() => readFileSync(`/proc/${pid}/maps`, 'utf8').includes(library)) ?? false;
}

/** The addresses that the processes listen on, in the kernel's hexadecimal: `0100007F` is 127.0.0.1. */
export function listeningAddresses(pids: readonly number[]): string[] {
  const sockets = new Set(pids.flatMap(socketsOf));
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === LISTENING && sockets.has(fields[9] ?? ''))
      .map((fields) => fields[1]?.split(':')[0] ?? ''),
  );
}

const LISTENING = '0A';

function socketsOf(pid: number): string[] {
  const links = unlessEnded(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
  return links.flatMap((fd) => {
    const target = unlessEnded(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? '';
    return /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [];
  });
}

function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => unlessEnded(() => readProcess(Number(name))) ?? []);
}

function readProcess(pid: number): Process {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  // One that ended but was not waited for yet holds nothing any more.
  if (/^State:\s+[ZX]/m.test(status)) throw new Error('ended');
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  return { pid, parent: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]), command };
}

/** What `read` finds; undefined where the process ended meanwhile. */
function unlessEnded<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
