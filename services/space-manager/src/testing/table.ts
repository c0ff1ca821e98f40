import type { Bus } from '@nse/messaging';
import { tablesBucket } from '@nse/service';
import {
  layerMacs,
  layersOf,
  macroNetwork,
  NO_CORRECTION,
  type OperationTableContent,
  type PartEntry,
  requiredEntries,
  withEntries,
} from '@nse/space';
import { poolOf, retrainedPool, type SearchSpec } from '@nse/spec';

/** A table of operations as if a device did 1 GMAC in a second, with all that the spec's search needs. */
export function operationTableFor(spec: SearchSpec): OperationTableContent {
  const empty: OperationTableContent = {
    schema: 'nse.latency-table/v1',
    unit: 'ms',
    batch: 1,
    device: { id: 'host', kind: 'host', model: 'made up', properties: {} },
    runtime: { name: 'none', threads: 1, pinned: [] },
    createdAt: '2026-01-01T00:00:00Z',
    entries: [],
    additions: [],
    stems: [],
    tails: [],
    correction: NO_CORRECTION,
  };
  const pool = retrainedPool(poolOf(spec), spec.retrain);
  const entries = requiredEntries(macroNetwork(spec.network), pool).map(({ entry }) => {
    const medianMs = msOf(entry);
    return { ...entry, medianMs, lowMs: medianMs, highMs: medianMs, runs: 10 };
  });
  return withEntries(empty, entries);
}

function msOf(entry: PartEntry): number {
  if (entry.kind !== 'operation') return 0.01;
  return layersOf(entry.operation, entry).reduce((sum, layer) => sum + layerMacs(layer), 0) / 1e6;
}

/** Keeps the spec's table under the name, as the latency-profiler does. */
export async function storeTable(bus: Bus, name: string, spec: SearchSpec): Promise<void> {
  const tables = await bus.states<unknown>(tablesBucket, (value) => value);
  await tables.create(name, operationTableFor(spec));
}
