import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from './logger.js';

/** A scraper waits ten seconds at most unless it is told otherwise; what is asked of others must leave room in that. */
const askForMs = 2_000;

const sources = new Set<() => Promise<void>>();

/**
 * Has `update` set gauges of what others hold, such as NATS, whenever metrics are read, and only then. The result ends that.
 * It must cost little and say in its gauges that nothing is known where it fails.
 */
export function onScrape(update: () => Promise<void>): () => void {
  sources.add(update);
  return () => sources.delete(update);
}

/** Brings all such gauges up to date; what takes too long, or fails, keeps nobody from reading the others. */
export async function refresh(log: Logger, withinMs = askForMs): Promise<void> {
  const late = new AbortController();
  const limit = delay(withinMs, undefined, { signal: late.signal }).catch(() => undefined);
  const updates = [...sources].map(async (update) => {
    await update().catch((error: unknown) => log.debug({ err: error }, 'a gauge is not known'));
  });
  await Promise.race([Promise.all(updates), limit]);
  late.abort();
}
