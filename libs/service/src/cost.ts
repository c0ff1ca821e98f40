import type { Bus } from '@nse/messaging';
import { type Cost, type MacroNetwork, macsCost, NseError, type Pool } from '@nse/space';
import { type SearchSpec, tableCost } from '@nse/spec';

/** The bucket that holds latency tables by name; the latency-profiler writes it. A table never changes under its name. */
export const tablesBucket = 'NSE_TABLES';

/**
 * The cost model of a search: MACs, or the sum over a stored latency table.
 * Raises FAILED_PRECONDITION for `constraint.latency.table` where there is no such table, also where it is still being made.
 */
export async function costOfSearch(
  bus: Bus,
  spec: Pick<SearchSpec, 'constraint' | 'retrain'>,
  network: MacroNetwork,
  pool: Pool,
): Promise<Cost> {
  const { latency } = spec.constraint;
  if (latency === undefined) return macsCost(network, pool);
  const { table: name } = latency;
  if (name === undefined) {
    const message = 'the latency table of this search is not there yet';
    throw new NseError('FAILED_PRECONDITION', message, { field: 'constraint.latency.table' });
  }
  const tables = await bus.states(tablesBucket, (value) => value);
  const stored = await tables.get(name);
  if (stored === undefined) {
    const message = `there is no latency table "${name}"; import one with LatencyProfiler.ImportTable`;
    throw new NseError('FAILED_PRECONDITION', message, { field: 'constraint.latency.table' });
  }
  return tableCost(spec, network, pool, stored.value);
}
