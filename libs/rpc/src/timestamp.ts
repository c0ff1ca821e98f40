import type { Timestamp, Timestamp__Output } from './generated/google/protobuf/Timestamp.js';

/** A point in time, given as a Date or in ISO 8601, as a google.protobuf.Timestamp. */
export function toTimestamp(time: Date | string): Timestamp {
  const ms = new Date(time).getTime();
  const seconds = Math.floor(ms / 1_000);
  return { seconds, nanos: (ms - seconds * 1_000) * 1_000_000 };
}

export function fromTimestamp({ seconds, nanos }: Timestamp__Output): Date {
  return new Date(seconds * 1_000 + nanos / 1_000_000);
}
