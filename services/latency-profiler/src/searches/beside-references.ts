import type { LatencyMeasurementCompleted, MeasuredLatency } from '@nse/messaging';
import {
  isOfTable,
  NseError,
  operationTableSchema,
  paceReferences,
  type TablePace,
  tablePace,
  type TrustPair,
} from '@nse/space';
import type { SearchSpec } from '@nse/spec';
import { readCodes } from '../requested.js';
import type { Tables } from '../tables.js';

/** Architectures of the table that are measured again. */
const REFERENCES = 6;

/**
 * Architectures that the search's table was judged by, to measure again beside `codes`: a device that is quicker or slower than it was
 * then is so with them too. None where the search's table tells of none, such as one of another tool.
 */
export async function referencesOf(
  tables: Tables,
  spec: SearchSpec,
  codes: readonly string[],
): Promise<readonly TrustPair[]> {
  const { table, targetMs } = spec.constraint.latency ?? {};
  if (table === undefined || !(await tables.has(table))) return [];
  const content = operationTableSchema.safeParse(await tables.get(table));
  const pairs = content.data?.trust?.pairs ?? [];
  const open = pairs.filter(
    ({ code }) => !codes.includes(code) && readCodes([code], spec).violations.length === 0,
  );
  return paceReferences(open, REFERENCES, targetMs);
}

/** The codes to measure, one of the one and one of the other in turn, so that what happens meanwhile befalls both alike. */
export function alternating(codes: readonly string[], references: readonly TrustPair[]): string[] {
  const longer = Math.max(codes.length, references.length);
  return Array.from({ length: longer }, (_, place) => [codes[place], references[place]?.code])
    .flat()
    .filter((code) => code !== undefined);
}

/** What was measured of `codes`, at the pace of the table where the references tell it. */
export function atTablePace(
  measured: readonly MeasuredLatency[],
  codes: readonly string[],
  references: readonly TrustPair[],
): Pick<LatencyMeasurementCompleted, 'latencies' | 'pace' | 'note'> {
  const of = (code: string): MeasuredLatency => {
    const found = measured.find((latency) => latency.code === code);
    if (found === undefined) throw new NseError('INTERNAL', `nothing was measured of ${code}`);
    return found;
  };
  const latencies = codes.map(of);
  if (references.length === 0) return { latencies };
  const pace = tablePace(references.map(({ code, measuredMs }) => [measuredMs, of(code).medianMs]));
  if (!isOfTable(pace)) return { latencies, note: paceNote(pace) };
  return { latencies: latencies.map((latency) => scaled(latency, pace)), pace };
}

function scaled(
  { medianMs, lowMs, highMs, ...rest }: MeasuredLatency,
  { scale }: TablePace,
): MeasuredLatency {
  return { ...rest, medianMs: scale * medianMs, lowMs: scale * lowMs, highMs: scale * highMs };
}

function paceNote({ scale, architectures }: TablePace): string {
  const share = (1 / scale).toFixed(2);
  return `${architectures} architectures of the table take ${share} times as long now as when it was measured: it is of another device or another state of it, and is to be built anew; times are as measured`;
}
