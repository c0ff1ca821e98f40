import { setTimeout as delay } from 'node:timers/promises';
import { NseError } from '@nse/space';
import { AckPolicy, type Consumer, DiscardPolicy, type JsMsg, nanos, RetentionPolicy } from 'nats';
import { ensureStream } from './stream.js';
import { decodeJson, encodeJson } from './json.js';
import { acknowledge, ackWaitMs, pullOne, whileWorking } from './pull.js';
import { apiErrorCode, apiErrors, isSubjectFull, patiently, type Session } from './session.js';
import { openStates, type States } from './states.js';

/** Works on one chunk. It may be called twice for a chunk; the first result counts. */
export type WorkHandler<C, R> = (chunk: C, index: number) => Promise<R>;

/**
 * The chunks of one task. A service adds them and waits for the results; any number of workers take one at a time. A
 * worker that dies loses at most the chunk that it was at, which another gets.
 */
export interface WorkQueue<C, R> {
  /** Adds all chunks of the task, those that have no result yet. The same task must always give the same chunks in the same order. */
  enqueue(chunks: readonly C[]): Promise<void>;
  /**
   * Adds chunks that come after the first `from`, likewise, and says how many of them had a result. Workers wait for more until the
   * queue is closed.
   */
  add(chunks: readonly C[], from: number): Promise<number>;
  /** Says that there are so many chunks and no more will come. */
  close(total: number): Promise<void>;
  /**
   * Takes chunks until the queue is closed and every chunk has a result. Raises the signal's reason where it aborts before, and
   * UNAVAILABLE where a queue that is open has had nothing to do for so long.
   */
  work(handler: WorkHandler<C, R>, signal: AbortSignal, patienceMs?: number): Promise<void>;
  /** Waits for all results, in the chunks' order; `arrived` is told how many there are each time one comes. */
  results(signal: AbortSignal, arrived?: (done: number) => void): Promise<R[]>;
  /** The same of `count` chunks after the first `from` alone. */
  resultsOf(from: number, count: number, signal: AbortSignal, arrived?: (done: number) => void): Promise<R[]>;
  /** How many chunks have a result, and how many there are; 0 before the queue is closed. */
  counts(): Promise<{ readonly done: number; readonly total: number }>;
  /** Removes chunks and results. */
  clear(): Promise<void>;
}

const workStream = 'NSE_WORK';
const resultsBucket = 'NSE_WORK_RESULTS';

/** Whoever adds chunks may be restarted meanwhile, or wait for another pod; a worker holds memory and maybe a GPU for that long. */
const PATIENCE_MS = 30 * 60_000;

export async function openWorkQueue<C, R>(session: Session, task: string): Promise<WorkQueue<C, R>> {
  await ensureStream(session, {
    name: workStream,
    description: 'Chunks of tasks that several workers share',
    subjects: ['nse.work.>'],
    retention: RetentionPolicy.Workqueue,
    max_bytes: 256 * 1024 ** 2,
    max_msgs_per_subject: 1,
    discard: DiscardPolicy.New,
    discard_new_per_subject: true,
  });
  const results = await openStates(session, resultsBucket, (value) => value);
  return new JetStreamWorkQueue<C, R>(session, task, results);
}

class JetStreamWorkQueue<C, R> implements WorkQueue<C, R> {
  constructor(
    private readonly session: Session,
    private readonly task: string,
    /** `<task>.<index>` holds a chunk's result, `<task>.total` their number. */
    private readonly stored: States<unknown>,
  ) {}

  async enqueue(chunks: readonly C[]): Promise<void> {
    await this.add(chunks, 0);
    // Last: once the total is there, workers may conclude from the results alone that nothing is left to do.
    await this.close(chunks.length);
  }

  async add(chunks: readonly C[], from: number): Promise<number> {
    const done = new Set(await this.stored.keys(`${this.task}.*`));
    let before = 0;
    for (const [place, chunk] of chunks.entries()) {
      if (done.has(this.key(from + place))) before += 1;
      else await this.addOne(chunk, from + place);
    }
    return before;
  }

  async close(total: number): Promise<void> {
    await this.createOnce('total', total);
  }

  async work(handler: WorkHandler<C, R>, signal: AbortSignal, patienceMs = PATIENCE_MS): Promise<void> {
    let consumer: Consumer | undefined;
    let busyUntil = performance.now();
    while (!signal.aborted) {
      const message = await this.take((consumer ??= await this.consumer()), signal);
      if (message === 'lost') consumer = undefined;
      else if (message !== undefined) {
        await this.settle(message, handler);
        busyUntil = performance.now();
      }
      // Asked when it may well be so: at the last chunk that was waiting, and whenever none came.
      if (message !== undefined && (message === 'lost' || message.info.pending > 0)) continue;
      const total = await this.total();
      if (total !== undefined) {
        if ((await this.done()) === total) return;
        continue;
      }
      if (performance.now() - busyUntil <= patienceMs) continue;
      if (!(await this.othersWork(consumer))) {
        const minutes = Math.round(patienceMs / 60_000);
        throw new NseError('UNAVAILABLE', `no chunk of ${this.task} came within ${minutes} minutes`);
      }
      busyUntil = performance.now();
    }
    // Told to stop is not done: who returned now would report work as finished that nobody did.
    signal.throwIfAborted();
  }

  async results(signal: AbortSignal, arrived?: (done: number) => void): Promise<R[]> {
    return await this.resultsOf(0, await this.closedAt(signal), signal, arrived);
  }

  async resultsOf(
    from: number,
    count: number,
    signal: AbortSignal,
    arrived?: (done: number) => void,
  ): Promise<R[]> {
    if (count === 0) return [];
    const found = new Map<number, R>();
    for await (const change of this.stored.watch(`${this.task}.*`, signal)) {
      if (change.kind === 'gone' || change.key === this.key('total')) continue;
      const index = Number(change.key.slice(this.task.length + 1));
      if (index < from || index >= from + count) continue;
      found.set(index, change.value as R);
      arrived?.(found.size);
      if (found.size === count)
        return Array.from({ length: count }, (_, place) => found.get(from + place) as R);
    }
    signal.throwIfAborted();
    return await this.resultsOf(from, count, signal, arrived);
  }

  async counts(): Promise<{ done: number; total: number }> {
    return { done: await this.done(), total: (await this.total()) ?? 0 };
  }

  async clear(): Promise<void> {
    await patiently(`clear work of ${this.task}`, this.session.patienceMs, async () => {
      await this.session.jsm.streams.purge(workStream, { filter: `${this.subject}.*` });
      await this.session.jsm.consumers.delete(workStream, this.task).catch((error: unknown) => {
        if (apiErrorCode(error) !== apiErrors.consumerNotFound) throw error;
      });
    });
    await this.stored.purge(`${this.task}.*`);
  }

  private get subject(): string {
    return `nse.work.${this.task}`;
  }

  private key(part: number | 'total'): string {
    return `${this.task}.${part}`;
  }

  /** Waits until the queue is closed, and gives the number of its chunks. */
  private async closedAt(signal: AbortSignal): Promise<number> {
    for await (const change of this.stored.watch(this.key('total'), signal)) {
      if (change.kind === 'set') return change.value as number;
    }
    signal.throwIfAborted();
    return await this.closedAt(signal);
  }

  /** Whether another worker is at a chunk; where that cannot be told, it may be. */
  private async othersWork(consumer: Consumer | undefined): Promise<boolean> {
    const info = await consumer?.info().catch(() => undefined);
    return info === undefined || info.num_ack_pending > 0;
  }

  /** How many chunks have a result. */
  private async done(): Promise<number> {
    const keys = await this.stored.keys(`${this.task}.*`);
    return keys.filter((key) => key !== this.key('total')).length;
  }

  /** How many chunks there are; undefined while the queue is open. */
  private async total(): Promise<number | undefined> {
    return (await this.stored.get(this.key('total')))?.value as number | undefined;
  }

  private async addOne(chunk: C, index: number): Promise<void> {
    await patiently(`add chunk ${index} of ${this.task}`, this.session.patienceMs, async () => {
      try {
        await this.session.js.publish(`${this.subject}.${index}`, encodeJson(chunk));
      } catch (error) {
        if (!isSubjectFull(error)) throw error;
      }
    });
  }

  /** The next chunk's message; undefined where none came, 'lost' where the consumer must be looked up again. */
  private async take(consumer: Consumer, signal: AbortSignal): Promise<JsMsg | 'lost' | undefined> {
    try {
      return await pullOne(consumer, 1_000, signal);
    } catch (error) {
      this.session.log.warn({ err: error, task: this.task }, 'cannot take chunks; trying again');
      await delay(500, undefined, { signal }).catch(() => undefined);
      return 'lost';
    }
  }

  private async settle(message: JsMsg, handler: WorkHandler<C, R>): Promise<void> {
    const index = Number(message.subject.slice(this.subject.length + 1));
    try {
      await whileWorking(message, async () => {
        if ((await this.stored.get(this.key(index))) !== undefined) return;
        const chunk = decodeJson(message.data, `chunk ${index} of ${this.task}`) as C;
        await this.createOnce(index, await handler(chunk, index));
      });
    } catch (error) {
      message.nak();
      throw error;
    }
    await acknowledge(this.session, message);
  }

  /** The first writer wins. */
  private async createOnce(part: number | 'total', value: unknown): Promise<void> {
    try {
      await this.stored.create(this.key(part), value);
    } catch (error) {
      if (!(error instanceof NseError) || error.code !== 'ALREADY_EXISTS') throw error;
    }
  }

  private async consumer(): Promise<Consumer> {
    const config = {
      durable_name: this.task,
      filter_subject: `${this.subject}.*`,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ackWaitMs),
      max_deliver: -1,
    };
    return await patiently(`share work of ${this.task}`, this.session.patienceMs, async () => {
      await this.session.jsm.consumers.add(workStream, config);
      return await this.session.js.consumers.get(workStream, this.task);
    });
  }
}
