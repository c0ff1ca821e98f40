import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { NseError } from '@nse/space';
import { AckPolicy, type Consumer, DeliverPolicy, type JsMsg, nanos } from 'nats';
import { decodeEvent } from './cloud-event.js';
import type { Stage } from './event-data.js';
import { type EventType, newEvent, type NseEvent } from './events.js';
import { meterConsumer, meterDelivery, meterDropped, meterHandlerError, type Settlement } from './meter.js';
import { publishOnce } from './publish.js';
import { acknowledge, ackWaitMs, pullOne, whileWorking } from './pull.js';
import { apiErrorCode, apiErrors, patiently, type Session } from './session.js';
import { eventStream, subjectOf } from './subject.js';

/** What a handler learns about its event beside the event. */
export interface Delivery {
  /** Aborts when the service stops: give up, the event will be delivered again. */
  readonly signal: AbortSignal;
  /** Counts deliveries of this event to this consumer, from 1. */
  readonly count: number;
}

export interface ConsumeOptions<T extends EventType> {
  /** Names the consumer; all processes of a service use the same one and share the events. */
  readonly durable: string;
  readonly types: readonly T[];
  /** What to report where the handler gives up: `task.failed` of a stage, or the event that is given back. */
  readonly givenUp: Stage | ((event: NseEvent<T>, reason: string, attempts: number) => NseEvent);
  /** Must bear to be called again with the same event. The event is acknowledged after it returns. */
  readonly handler: (event: NseEvent<T>, delivery: Delivery) => Promise<void>;
  /** How many events this process works on at once; 4 unless given. */
  readonly concurrency?: number;
  /** How many times in a row a handler may fail with a retryable error; 5 unless given. */
  readonly maxFailures?: number;
  /** How many times an event is delivered at most, crashes of the process included; 100 unless given. */
  readonly maxDeliveries?: number;
  /** The first pause before a failed event is tried again, in ms, doubled each time; 1,000 unless given. */
  readonly retryDelayMs?: number;
}

export interface Consumption {
  /** Takes no more events, aborts the running handlers' signal and waits for them. */
  stop(): Promise<void>;
}

type Resolved<T extends EventType> = Required<ConsumeOptions<T>>;

/** Starts to hand events to the handler: stored ones first, each until it is acknowledged. */
export async function consumeEvents<T extends EventType>(
  session: Session,
  options: ConsumeOptions<T>,
): Promise<Consumption> {
  const resolved = { concurrency: 4, maxFailures: 5, maxDeliveries: 100, retryDelayMs: 1_000, ...options };
  const abort = new AbortController();
  // Each slot listens to it, more than once.
  setMaxListeners(0, abort.signal);
  const failures = new Map<number, number>();
  const shared = new SharedConsumer(() => ensureConsumer(session, resolved));
  await shared.get();
  const forget = meterConsumer(session, options.durable, options.types);
  const slots = Array.from({ length: resolved.concurrency }, () =>
    serve(session, resolved, shared, failures, abort.signal),
  );
  return {
    stop: async () => {
      forget();
      abort.abort();
      await Promise.all(slots);
    },
  };
}

/** The consumer that all slots pull from. The server writes each look-up to disk, so they make one together, not one each. */
class SharedConsumer {
  private known: Promise<Consumer> | undefined;

  constructor(private readonly ensure: () => Promise<Consumer>) {}

  get(): Promise<Consumer> {
    return (this.known ??= this.ensure());
  }

  /** It failed somebody: the next one who asks gets another, unless that has happened already. */
  forget(failed: Promise<Consumer>): void {
    if (this.known === failed) this.known = undefined;
  }
}

async function ensureConsumer<T extends EventType>(
  session: Session,
  options: Resolved<T>,
): Promise<Consumer> {
  const config = {
    durable_name: options.durable,
    filter_subjects: options.types.map((type) => subjectOf(type, '*')),
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
    deliver_policy: DeliverPolicy.All,
    // The bound is kept in `settle`, where a last delivery becomes `task.failed`; here it would end in silence.
    max_deliver: -1,
  };
  return await patiently(`create consumer ${options.durable}`, session.patienceMs, async () => {
    try {
      await session.jsm.consumers.add(eventStream, config);
    } catch (error) {
      if (!apiErrors.consumerExists.some((code) => code === apiErrorCode(error))) throw error;
      await session.jsm.consumers.update(eventStream, options.durable, config);
    }
    return await session.js.consumers.get(eventStream, options.durable);
  });
}

/** One slot: takes one event at a time, so that none waits in a buffer while its time to be acknowledged runs out. */
async function serve<T extends EventType>(
  session: Session,
  options: Resolved<T>,
  shared: SharedConsumer,
  failures: Map<number, number>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const consumer = shared.get();
    try {
      const message = await pullOne(await consumer, 20_000, signal);
      if (message !== undefined)
        await whileWorking(message, () => settle(session, options, failures, message, signal));
    } catch (error) {
      session.log.warn({ err: error, durable: options.durable }, 'cannot take events; trying again');
      shared.forget(consumer);
      await delay(500, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Handles one delivery to its end: acknowledged, given back for later, or given up with `task.failed`. */
async function settle<T extends EventType>(
  session: Session,
  options: Resolved<T>,
  failures: Map<number, number>,
  message: JsMsg,
  signal: AbortSignal,
): Promise<void> {
  let event: NseEvent;
  try {
    event = decodeEvent(message.headers, message.data);
  } catch (error) {
    session.log.error(
      { err: error, subject: message.subject, seq: message.seq },
      'dropped a message that is no event',
    );
    message.term('not an event');
    meterDropped(options.durable);
    return;
  }
  const count = message.info.deliveryCount;
  const settled = meterDelivery(options.durable, event, count);
  try {
    if (count > options.maxDeliveries) {
      throw new NseError('RESOURCE_EXHAUSTED', `delivered ${count - 1} times and never finished`);
    }
    await options.handler(event as NseEvent<T>, { signal, count });
  } catch (error) {
    settled(await settleFailure(session, options, failures, message, event, error, signal));
    return;
  }
  failures.delete(message.seq);
  await acknowledge(session, message);
  settled('handled');
}

async function settleFailure<T extends EventType>(
  session: Session,
  options: Resolved<T>,
  failures: Map<number, number>,
  message: JsMsg,
  event: NseEvent,
  error: unknown,
  signal: AbortSignal,
): Promise<Settlement> {
  if (signal.aborted) {
    message.nak();
    return 'returned';
  }
  meterHandlerError(error);
  const failed = (failures.get(message.seq) ?? 0) + 1;
  failures.set(message.seq, failed);
  session.log.error({ err: error, event: event.id, failed, durable: options.durable }, 'handler failed');
  if (NseError.mayPass(error) && failed < options.maxFailures) {
    message.nak(Math.min(options.retryDelayMs * 2 ** (failed - 1), 30_000));
    return 'failed';
  }
  const reason = NseError.from(error).message;
  const { givenUp } = options;
  const report =
    typeof givenUp === 'string'
      ? taskFailed(session.name, givenUp, event, reason, failed)
      : givenUp(event as NseEvent<T>, reason, failed);
  await publishOnce(session, report);
  failures.delete(message.seq);
  message.term('given up');
  return 'given_up';
}

function taskFailed(
  service: string,
  stage: Stage,
  event: NseEvent,
  reason: string,
  attempts: number,
): NseEvent {
  const { data } = event;
  const round = 'round' in data ? data.round : 0;
  // A failure after a resume is another one than that before it.
  const resumes = 'resumes' in data ? { resumes: data.resumes } : {};
  return newEvent(
    'task.failed',
    { search: data.search, stage, round, reason, attempts, ...resumes },
    service,
  );
}
