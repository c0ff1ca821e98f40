import {
  entryKey,
  LEAST_MS,
  type PartEntry,
  type RequiredEntry,
  type TimedEntry,
  type Timing,
} from '@nse/space';
import { type Measurement, type PartialTable } from './partial.js';
import { INTERVAL_ERRORS } from './side-by-side.js';

/** The parts that were measured, each with its time. An operation's addition is taken off it. */
export function timedParts(
  required: readonly RequiredEntry[],
  { parts }: PartialTable,
  known: readonly TimedEntry[],
): readonly TimedEntry[] {
  const measured = required.flatMap(({ entry }) => {
    const measurement = parts[entryKey(entry)];
    return measurement === undefined ? [] : [{ entry, measurement }];
  });
  const additions = new Map<string, Timing>(known.map((entry) => [entryKey(entry), entry]));
  for (const { entry, measurement } of measured) {
    if (entry.kind === 'addition') additions.set(entryKey(entry), timing(measurement));
  }
  return measured.map(({ entry, measurement }) => {
    if (entry.kind !== 'operation') return { ...entry, ...timing(measurement) };
    return { ...entry, ...timing(without(measurement, additions.get(entryKey(additionOf(entry))))) };
  });
}

/** The addition that every further branch of an operation brings. */
function additionOf({ outChannels, size, stride }: PartEntry & { readonly kind: 'operation' }): PartEntry {
  return { kind: 'addition', channels: outChannels, size: Math.ceil(size / stride) };
}

function without(measurement: Measurement, addition: Timing | undefined): Measurement {
  if (addition === undefined) return measurement;
  const error = (addition.highMs - addition.lowMs) / (2 * INTERVAL_ERRORS);
  return {
    ...measurement,
    ms: measurement.ms - addition.medianMs,
    errorMs: Math.hypot(measurement.errorMs, error),
  };
}

function timing({ ms, errorMs, runs }: Measurement): Timing {
  const times = { lowMs: ms - INTERVAL_ERRORS * errorMs, highMs: ms + INTERVAL_ERRORS * errorMs, runs };
  return ms < LEAST_MS ? { medianMs: LEAST_MS, ...times, clipped: true } : { medianMs: ms, ...times };
}
