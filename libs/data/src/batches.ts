import { NseError, randomFrom, shuffled } from '@nse/space';
import { type AugmentationKind, type Batch, type Split } from './dataset.js';

export interface BatchSettings {
  readonly batchSize: number;
  readonly seed: number;
  /** Say what the batches are for, so that different purposes draw unrelated orders. */
  readonly counters: readonly (string | number)[];
  readonly augment?: AugmentationKind;
  /** Batches prepared ahead of the one asked for. Default 1. */
  readonly ahead?: number;
}

/** An endless, repeatable stream of training batches. */
export interface BatchSource {
  /** Steps in which every image comes once, but for the rest of less than a batch. */
  readonly stepsPerEpoch: number;
  /** The batch of any step: it follows from split, seed, counters and step alone. Steps may come in any order. */
  at(step: number): Promise<Batch>;
}

/**
 * Batches of a split in an order that is shuffled anew every epoch.
 * Raises INVALID_ARGUMENT where the split is smaller than one batch.
 */
export function batches(split: Split, settings: BatchSettings): BatchSource {
  const { batchSize, seed, counters, augment: kind = 'none', ahead = 1 } = settings;
  const stepsPerEpoch = Math.floor(split.count / batchSize);
  if (stepsPerEpoch === 0) {
    const message = `a batch of ${batchSize} images is more than the split of ${split.count} has`;
    throw new NseError('INVALID_ARGUMENT', message, { field: 'batchSize' });
  }
  const orderOf = remembered(2, (epoch) => {
    const places = Array.from({ length: split.count }, (_, place) => place);
    return Int32Array.from(shuffled(places, randomFrom(seed, ...counters, 'order', epoch)));
  });
  const read = (step: number): Promise<Batch> => {
    const order = orderOf(Math.floor(step / stepsPerEpoch));
    const start = (step % stepsPerEpoch) * batchSize;
    const random = randomFrom(seed, ...counters, 'augment', step);
    return split.read(order.subarray(start, start + batchSize), { kind, random });
  };
  return { stepsPerEpoch, at: readAhead(read, ahead) };
}

/** The images of a split in its own order, as they are, cut into batches; the last may be smaller. */
export async function fixedBatches(
  split: Split,
  { batchSize, images = split.count }: { batchSize: number; images?: number },
): Promise<Batch[]> {
  const result: Batch[] = [];
  for await (const batch of eachBatch(split, { batchSize, images })) result.push(batch);
  return result;
}

/** As `fixedBatches`, one batch in memory at a time. */
export async function* eachBatch(
  split: Split,
  { batchSize, images = split.count }: { batchSize: number; images?: number },
): AsyncGenerator<Batch> {
  const end = Math.min(images, split.count);
  for (let start = 0; start < end; start += batchSize) {
    const length = Math.min(batchSize, end - start);
    yield await split.read(Int32Array.from({ length }, (_, offset) => start + offset));
  }
}

/** Starts the next `ahead` steps when one is asked for. */
function readAhead(read: (step: number) => Promise<Batch>, ahead: number): (step: number) => Promise<Batch> {
  const started = new Map<number, Promise<Batch>>();
  const start = (step: number): Promise<Batch> => {
    const reading = started.get(step) ?? read(step);
    // A step that nobody asks for must not bring the process down; whoever asks for it gets the error.
    reading.catch(() => undefined);
    started.set(step, reading);
    return reading;
  };
  return (step) => {
    const reading = start(step);
    for (let next = step + 1; next <= step + ahead; next++) void start(next);
    for (const old of started.keys()) if (old <= step || old > step + ahead) started.delete(old);
    return reading;
  };
}

/** A function that keeps its last few results. */
function remembered<T>(limit: number, make: (key: number) => T): (key: number) => T {
  const kept = new Map<number, T>();
  return (key) => {
    const value = kept.get(key) ?? make(key);
    kept.delete(key);
    kept.set(key, value);
    const [oldest] = kept.keys();
    if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
    return value;
  };
}
