import { open, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NseError } from '@nse/space';
import { type LogLine, type LogRequest, merged } from './log-line.js';
import { isAbout, type Subject } from './subject.js';

const lookEveryMs = 300;

/**
 * The lines of the files that a local system writes, by time, then new ones as they come. They lie beside its file of
 * endpoints and outlast it. Raises UNAVAILABLE where there are none.
 */
export async function* localLogs(endpointsFile: string, request: LogRequest): AsyncGenerator<LogLine, void> {
  const { subject, since, tail, follow, signal } = request;
  const folder = join(dirname(endpointsFile), 'logs');
  const files = new Map<string, LogFile>();
  const newLines = async () => {
    for (const name of await logFiles(folder, subject)) {
      if (!files.has(name)) files.set(name, new LogFile(join(folder, name), wanted(subject)));
    }
    return await Promise.all([...files.values()].map((file) => file.newLines()));
  };
  const stored = await newLines();
  if (files.size === 0) {
    throw new NseError('UNAVAILABLE', `there are no logs in ${folder}; a system that writes some: ./nse up`);
  }
  const recent = stored.map((lines) => lines.filter(({ at }) => since === undefined || at >= since));
  yield* merged(recent.map((lines) => (tail === undefined ? lines : lines.slice(lines.length - tail))));
  while (follow && !signal.aborted) {
    await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
    yield* merged(await newLines());
  }
}

async function logFiles(folder: string, subject: Subject): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const logs = names.filter((name) => name.endsWith('.log')).sort();
  if (subject.kind === 'all') return logs;
  if (subject.kind === 'search') return logs.filter((name) => sourceOf(name) !== 'nats');
  return logs.filter((name) => sourceOf(name) === subject.name);
}

/** As the service is called in a cluster. */
const sourceOf = (name: string) => basename(name, '.log').replace(/^nats-server$/, 'nats');

const wanted = (subject: Subject) => (subject.kind === 'search' ? isAbout(subject.id) : () => true);

/** A file that grows. */
class LogFile {
  private offset = 0;
  private rest = Buffer.alloc(0);
  private at = new Date(0);

  constructor(
    private readonly path: string,
    private readonly wanted: (line: string) => boolean,
  ) {}

  /** The complete lines that came since the last look. */
  async newLines(): Promise<LogLine[]> {
    const bytes = Buffer.concat([this.rest, await this.newBytes()]);
    const end = bytes.lastIndexOf('\n') + 1;
    this.rest = bytes.subarray(end);
    const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    const source = sourceOf(basename(this.path));
    return lines
      .map((text) => ({ at: (this.at = timeIn(text) ?? this.at), source, text }))
      .filter(({ text }) => this.wanted(text));
  }

  private async newBytes(): Promise<Buffer> {
    const file = await open(this.path);
    try {
      const { size } = await file.stat();
      // Made anew under the same name.
      if (size < this.offset) this.offset = 0;
      const bytes = Buffer.alloc(size - this.offset);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, this.offset);
      this.offset += bytesRead;
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }
}

/** When a line of ours or of nats-server was written; undefined for one of others, such as a stack. */
export function timeIn(line: string): Date | undefined {
  const ours = /^\{.{0,100}?"time":"([^"]+)"/.exec(line)?.[1];
  const [, year, month, day, time] = /^\[\d+\] (\d{4})\/(\d\d)\/(\d\d) ([\d:.]+)/.exec(line) ?? [];
  // nats-server writes the local time, as Date reads it without a zone.
  const text = ours ?? (time === undefined ? undefined : `${year}-${month}-${day}T${time.slice(0, 12)}`);
  const at = new Date(text ?? Number.NaN);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
