import {
  entryKey,
  LEAST_MS,
  type PartEntry,
  type RequiredEntry,
  type TimedEntry,
  type Timing,
} from '@nse/space';
import { mean, sum } from 'simple-statistics';
import type { AtOnePace } from './one-pace.js';
import { type Timed, withoutPass } from './partial.js';
import { grouped } from './grouped.js';
import { INTERVAL_ERRORS } from './side-by-side.js';

/** The parts that were measured, each with its mean over all passes. An operation's addition is taken off it. */
export function timedParts(
  required: readonly RequiredEntry[],
  parts: AtOnePace['parts'],
  known: readonly TimedEntry[],
): readonly TimedEntry[] {
  const passes = grouped(Object.entries(parts), ([key]) => withoutPass(key));
  const measured = required.flatMap(({ entry }) => {
    const all = passes.get(entryKey(entry));
    return all === undefined ? [] : [{ entry, measurement: meanOf(all.map(([, each]) => each)) }];
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

function meanOf(passes: readonly Timed[]): Timed {
  return {
    ms: mean(passes.map(({ ms }) => ms)),
    errorMs: Math.hypot(...passes.map(({ errorMs }) => errorMs)) / passes.length,
    runs: sum(passes.map(({ runs }) => runs)),
  };
}

/** The addition that every further branch of an operation brings. */
function additionOf({ outChannels, size, stride }: PartEntry & { readonly kind: 'operation' }): PartEntry {
  return { kind: 'addition', channels: outChannels, size: Math.ceil(size / stride) };
}

function without(measurement: Timed, addition: Timing | undefined): Timed {
  if (addition === undefined) return measurement;
  const error = (addition.highMs - addition.lowMs) / (2 * INTERVAL_ERRORS);
  return {
    ...measurement,
    ms: measurement.ms - addition.medianMs,
    errorMs: Math.hypot(measurement.errorMs, error),
  };
}

function timing({ ms, errorMs, runs }: Timed): Timing {
  const times = { lowMs: ms - INTERVAL_ERRORS * errorMs, highMs: ms + INTERVAL_ERRORS * errorMs, runs };
  return ms < LEAST_MS ? { medianMs: LEAST_MS, ...times, clipped: true } : { medianMs: ms, ...times };
}
