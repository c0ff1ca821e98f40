import { setMaxListeners } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { NseError } from '@nse/space';
import { type LogLine, type LogRequest, merged } from '../logs/log-line.js';
import { isAbout, type Subject } from '../logs/subject.js';
import type { ClusterApi } from './api.js';
import { type PodLine, podLog } from './pod-log.js';
import type { Pod } from './pod-state.js';
import { notDeployed } from './target.js';

/** How often to look for pods that are new: workers come and go. */
const lookEveryMs = 2_000;

/**
 * What the pods of services and workers log, by time, then new lines as they come, also of pods that are new. Raises UNAVAILABLE
 * where there are none in the namespace.
 */
export async function* podLogs(api: ClusterApi, request: LogRequest): AsyncGenerator<LogLine, void> {
  const { subject, follow, signal } = request;
  const known = new Map<string, ContainerLog>();
  // Each log that is read listens to it.
  setMaxListeners(0, signal);
  const look = async () => {
    const logs = await containerLogs(api, subject);
    // A pod may come again under its name, as NATS' do: that is another one, with a log of its own.
    const there = new Set(logs.map(({ key }) => key));
    for (const key of [...known.keys()].filter((one) => !there.has(one))) known.delete(key);
    for (const log of logs) {
      const before = known.get(log.key);
      if (before === undefined) known.set(log.key, log);
      else before.over = log.over;
    }
  };
  await look();
  if (known.size === 0)
    throw await notDeployed(api, subject.kind === 'service' ? subject.name : 'space-manager');
  const stored: LogLine[][] = [];
  // One after the other: a namespace may have hundreds of pods.
  for (const log of known.values()) stored.push(await collected(log.lines(request, false)));
  yield* merged(stored);
  if (follow) yield* followed(known, look, request, signal);
}

async function* followed(
  known: ReadonlyMap<string, ContainerLog>,
  look: () => Promise<void>,
  request: LogRequest,
  signal: AbortSignal,
): AsyncGenerator<LogLine, void> {
  const lines = new PassThrough({ objectMode: true });
  const stop = () => lines.end();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  void attachForEver(known, look, request, lines).catch((error: unknown) => {
    if (!signal.aborted) lines.destroy(NseError.from(error));
  });
  try {
    for await (const line of lines) yield line as LogLine;
  } finally {
    signal.removeEventListener('abort', stop);
    lines.destroy();
  }
}

/** Reads every container that is not being read; one whose stream has broken is read again from its last line. */
async function attachForEver(
  known: ReadonlyMap<string, ContainerLog>,
  look: () => Promise<void>,
  request: LogRequest,
  to: PassThrough,
): Promise<void> {
  const reading = new Set<ContainerLog>();
  const read = async (log: ContainerLog) => {
    const wasOver = log.over;
    for await (const line of log.lines(request, true)) if (!to.writableEnded) to.write(line);
    log.read = wasOver;
  };
  while (!to.writableEnded && !to.destroyed) {
    for (const log of known.values()) {
      if (reading.has(log) || log.read) continue;
      reading.add(log);
      void read(log)
        .catch((error: unknown) => {
          if (!NseError.from(error).retryable) to.destroy(NseError.from(error));
        })
        .finally(() => reading.delete(log));
    }
    await nextLook(look, request.signal);
  }
}

/** Looks after a while. An API server that is away comes back; until then nothing is known of what is to be read. */
async function nextLook(look: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (;;) {
    await delay(lookEveryMs, undefined, { signal });
    try {
      await look();
      return;
    } catch (error) {
      if (!NseError.from(error).retryable) throw error;
    }
  }
}

/** The log of one container of one pod. */
class ContainerLog {
  /** Whether nothing more will come of it. */
  over: boolean;
  /** Whether it was read after it was over. */
  read = false;
  private last = '';

  constructor(
    private readonly api: ClusterApi,
    private readonly pod: Pod,
    private readonly container: string,
    private readonly wanted: (line: string) => boolean,
  ) {
    this.over = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
  }

  get key(): string {
    return `${this.pod.metadata?.uid ?? ''}/${this.container}`;
  }

  /** The lines after the last one that was read; at first those that the request asks for. */
  async *lines({ since, tail, signal }: LogRequest, follow: boolean): AsyncGenerator<LogLine, void> {
    const { name = '' } = this.pod.metadata ?? {};
    const source = (this.pod.spec?.containers.length ?? 1) > 1 ? `${name}/${this.container}` : name;
    const from = this.last === '' ? since?.toISOString() : this.last;
    const options = {
      follow,
      signal,
      ...(from === undefined ? {} : { sinceTime: from }),
      ...(tail === undefined || this.last !== '' ? {} : { tailLines: tail }),
    };
    const before = this.last === '' ? from : this.last;
    for await (const { time, text } of podLog(this.api.place, name, this.container, options)) {
      if (before !== undefined && !isLater({ time, text }, before)) continue;
      this.last = time;
      if (this.wanted(text)) yield { at: new Date(time), source, text };
    }
  }
}

/** The cluster looks at whole seconds only, and leaves out zeros at the end. */
function isLater({ time }: PodLine, than: string): boolean {
  return nanoseconds(time) > nanoseconds(than);
}

function nanoseconds(time: string): bigint {
  const fraction = /\.(\d{1,9})/.exec(time)?.[1] ?? '';
  const seconds = Math.floor(new Date(time).getTime() / 1_000);
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
}

async function containerLogs(api: ClusterApi, subject: Subject): Promise<ContainerLog[]> {
  const ours = 'app.kubernetes.io/part-of=nse';
  const of = async (selector: string, wanted: (line: string) => boolean = () => true) => {
    const pods: Pod[] = await api.pods(selector);
    return pods.flatMap((pod) =>
      (pod.spec?.containers ?? []).map(({ name }) => new ContainerLog(api, pod, name, wanted)),
    );
  };
  switch (subject.kind) {
    case 'all':
      return await of(ours);
    case 'service':
      return await of(`${ours},app.kubernetes.io/name=${subject.name}`);
    case 'search': {
      const workers = await of(`${ours},nse/search=${subject.id}`);
      const services = await of(`${ours},app.kubernetes.io/component=service`, isAbout(subject.id));
      return [...services, ...workers];
    }
  }
}

async function collected(lines: AsyncIterable<LogLine>): Promise<LogLine[]> {
  const all: LogLine[] = [];
  for await (const line of lines) all.push(line);
  return all;
}
