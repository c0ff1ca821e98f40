import type { NatsConnection } from 'nats';

/** What NATS holds: bytes and messages by stream; buckets and the object store are streams, too. */
export interface Sizes {
  readonly streams: Readonly<Record<string, { readonly bytes: number; readonly messages: number }>>;
}

/** What NATS holds now. */
export async function sizesOf(nats: NatsConnection): Promise<Sizes> {
  const jsm = await nats.jetstreamManager();
  const streams: Record<string, { bytes: number; messages: number }> = {};
  for await (const { config, state } of jsm.streams.list()) {
    streams[config.name] = { bytes: state.bytes, messages: state.messages };
  }
  return { streams };
}

/** How much more than an undisturbed search a disturbed one may leave; what was doubled on purpose is among it. */
const FACTOR = 1.5;
const FREE_BYTES = 64 * 1024;

/** Streams that grew by more than `searches` times what the first searches left. */
export function bounded(first: Sizes, now: Sizes, searches: number): string[] {
  return Object.entries(now.streams).flatMap(([name, { bytes }]) => {
    const before = first.streams[name]?.bytes ?? 0;
    const limit = before * (1 + FACTOR * searches) + FREE_BYTES;
    return bytes > limit
      ? [`stream ${name} holds ${bytes} bytes, more than the ${Math.round(limit)} expected`]
      : [];
  });
}
