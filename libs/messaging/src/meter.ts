import { metrics, onScrape } from '@nse/telemetry';
import { NseError } from '@nse/space';
import type { NseEvent } from './events.js';
import type { Session } from './session.js';
import { eventStream } from './subject.js';

type Published = 'published' | 'already';

/** Publishes, and counts what came of it and how long it took. */
export async function meteredPublish(
  { type }: NseEvent,
  publish: () => Promise<Published>,
): Promise<Published> {
  const began = performance.now();
  let outcome: Published | 'failed' = 'failed';
  try {
    return (outcome = await publish());
  } finally {
    metrics.eventPublish.observe(secondsSince(began));
    metrics.eventsPublished.inc({ type, outcome });
  }
}

/**
 * What became of a delivery. `failed` will be tried again, `returned` was given back by a service that stops, `dropped` was no
 * event.
 */
export type Settlement = 'handled' | 'failed' | 'given_up' | 'returned' | 'dropped';

/** One delivery of an event, from now on; the result is told how it was settled. */
export function meterDelivery(
  consumer: string,
  { type, time }: NseEvent,
  count: number,
): (settlement: Settlement) => void {
  const began = performance.now();
  // Later deliveries would tell how long failures and work took, not how far the consumer is behind.
  if (count === 1)
    metrics.eventLag.observe({ consumer }, Math.max(0, (Date.now() - Date.parse(time)) / 1_000));
  else metrics.eventsRedelivered.inc({ consumer, type });
  return (outcome) => {
    metrics.eventHandling.observe({ consumer }, secondsSince(began));
    metrics.eventsHandled.inc({ consumer, type, outcome });
  };
}

/** A message that was dropped: it says of no type what it is. */
export function meterDropped(consumer: string): void {
  metrics.eventsHandled.inc({ consumer, type: 'unknown', outcome: 'dropped' });
}

export function meterHandlerError(error: unknown): void {
  metrics.errors.inc({ source: 'event', code: NseError.from(error).code });
}

/** How far a durable consumer of events is behind, asked of NATS when metrics are read. The result ends that. */
export function meterConsumer(session: Session, consumer: string, types: readonly string[]): () => void {
  beginAtZero(consumer, types);
  const gauges = [metrics.consumerPending, metrics.consumerUnacknowledged];
  const forget = onScrape(async () => {
    for (const gauge of gauges) gauge.remove({ consumer });
    if (!session.connection.connected()) return;
    const { num_pending, num_ack_pending } = await session.jsm.consumers.info(eventStream, consumer);
    metrics.consumerPending.set({ consumer }, num_pending);
    metrics.consumerUnacknowledged.set({ consumer }, num_ack_pending);
  });
  return () => {
    forget();
    for (const gauge of gauges) gauge.remove({ consumer });
  };
}

/** A series that begins with its first failure would show Prometheus no increase. */
function beginAtZero(consumer: string, types: readonly string[]): void {
  for (const type of types) {
    for (const outcome of ['handled', 'failed', 'given_up', 'returned'] satisfies Settlement[]) {
      metrics.eventsHandled.inc({ consumer, type, outcome }, 0);
    }
  }
  metrics.eventsHandled.inc({ consumer, type: 'unknown', outcome: 'dropped' }, 0);
}

const ours = /^((KV_|OBJ_)?NSE_\w+|NSE)$/;

/** How full our streams are, asked of NATS in one request when metrics are read. The result ends that. */
export function meterStreams({ connection, jsm }: Session): () => void {
  return onScrape(async () => {
    metrics.streamBytes.reset();
    metrics.streamLimitBytes.reset();
    if (!connection.connected()) return;
    for (const { config, state } of await jsm.streams.list().next()) {
      if (!ours.test(config.name)) continue;
      metrics.streamBytes.set({ stream: config.name }, state.bytes);
      if (config.max_bytes > 0) metrics.streamLimitBytes.set({ stream: config.name }, config.max_bytes);
    }
  });
}

const secondsSince = (began: number): number => (performance.now() - began) / 1_000;
