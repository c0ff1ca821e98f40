import {
  type Correction,
  type Cost,
  latencyCost,
  NO_CORRECTION,
  OPERATION_TABLE_SCHEMA,
  operationTable,
  type OperationTableContent,
  type RequiredEntry,
  timedEntries,
  withEntries,
} from '@nse/space';
import { timedParts } from './assemble.js';
import type { TableBuild } from './build-table.js';
import { atOnePace } from './one-pace.js';
import type { PartialTable } from './partial.js';

/** The table of what was measured and of what was known before, not corrected yet. */
export function plainTable(
  build: TableBuild,
  required: readonly RequiredEntry[],
  partial: PartialTable,
): OperationTableContent {
  const known = build.table === undefined ? [] : timedEntries(build.table);
  const parts = timedParts(required, atOnePace(partial).parts, known);
  return {
    ...withEntries({ ...(build.table ?? emptyTable(build)), ...described(build) }, parts),
    correction: NO_CORRECTION,
  };
}

/** What an architecture takes by the table. */
export function correctedCost(
  { network, pool }: TableBuild,
  content: OperationTableContent,
  correction: Correction = NO_CORRECTION,
): Cost {
  return latencyCost(network, pool, operationTable({ ...content, correction }));
}

function described({ device, options, createdAt }: TableBuild) {
  const { id, kind, model, runtime, properties } = device.facts;
  return {
    device: { id, kind, model, properties: { ...properties } },
    runtime: { name: runtime, threads: options.threads, pinned: [...options.pinned] },
    createdAt: createdAt.toISOString(),
  };
}

function emptyTable(build: TableBuild): OperationTableContent {
  return {
    ...{ schema: OPERATION_TABLE_SCHEMA, unit: 'ms', batch: 1, ...described(build) },
    ...{ entries: [], additions: [], stems: [], tails: [], correction: NO_CORRECTION },
  };
}
