import type { LatencyMeasurementCompleted, MeasuredLatency } from '@nse/messaging';
import {
  type Architecture,
  decodeArchitecture,
  latencyCost,
  type MacroNetwork,
  NseError,
  operationTable,
  operationTableSchema,
  paceReferences,
  type PaceChange,
  type Pool,
  type TablePace,
  tablePace,
  type TrustPair,
} from '@nse/space';
import type { SearchSpec } from '@nse/spec';
import { built, networksOf } from '../jobs/measured-networks.js';
import type { Tables } from '../tables.js';

/** Architectures of the table that are measured again. */
const REFERENCES = 6;

/** How far a price may be from the one that the table tells, as a part of it: both are the same sum. */
const SAME_PRICE = 1e-6;

/**
 * Architectures that the search's table was judged by, to measure again beside `codes`: a device that is quicker or slower than it was
 * then is so with them too. None where the search's table tells of none, such as one of another tool, or was judged by
 * architectures of another network or pool.
 */
export async function referencesOf(
  tables: Tables,
  spec: SearchSpec,
  codes: readonly string[],
): Promise<readonly TrustPair[]> {
  const { table, targetMs } = spec.constraint.latency ?? {};
  if (table === undefined || !(await tables.has(table))) return [];
  const { data: content } = operationTableSchema.safeParse(await tables.get(table));
  if (content?.trust === undefined) return [];
  const { network, pool } = built(networksOf(spec));
  const cost = latencyCost(network, pool, operationTable(content));
  // A code says nothing of its network: with another one it stands for another architecture, of another price.
  const isOfSearch = ({ code, predictedMs }: TrustPair): boolean => {
    const architecture = decoded(code, network, pool);
    if (architecture === undefined) return false;
    return Math.abs(cost.total(architecture) - predictedMs) <= SAME_PRICE * predictedMs;
  };
  const open = content.trust.pairs.filter((pair) => !codes.includes(pair.code) && isOfSearch(pair));
  return paceReferences(open, REFERENCES, targetMs);
}

function decoded(code: string, network: MacroNetwork, pool: Pool): Architecture | undefined {
  try {
    return decodeArchitecture(code, network, pool);
  } catch (error) {
    if (error instanceof NseError && error.code === 'INVALID_ARGUMENT') return undefined;
    throw error;
  }
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
  const { pace, change } = tablePace(
    references.map(({ code, measuredMs }) => [measuredMs, of(code).medianMs]),
  );
  if (change !== 'even') return { latencies, note: paceNote(pace, change) };
  return { latencies: latencies.map((latency) => scaled(latency, pace)), pace };
}

function scaled(
  { medianMs, lowMs, highMs, ...rest }: MeasuredLatency,
  { scale }: TablePace,
): MeasuredLatency {
  return { ...rest, medianMs: scale * medianMs, lowMs: scale * lowMs, highMs: scale * highMs };
}

function paceNote({ scale, architectures }: TablePace, change: Exclude<PaceChange, 'even'>): string {
  const times = `${(1 / scale).toFixed(2)} times as long now as when it was measured`;
  const what =
    change === 'large'
      ? `take ${times}: it is of another device or another state of it, and is to be built anew`
      : `take ${times} in the middle, some far more than others: either is of a device that was disturbed`;
  return `${architectures} architectures of the table ${what}; times are as measured`;
}
