import type { Architecture } from './architecture.js';
import type { OperationTime } from './correction.js';
import { type CellCost, cellwiseSum, type Cost, tailLayer } from './cost.js';
import { NseError, type Violation } from './error.js';
import {
  additionEntry,
  convolutionEntry,
  entryName,
  type LatencyTable,
  type LayerTable,
  linearEntry,
  poolEntry,
  type TableEntry,
} from './latency-table.js';
import { layersOf } from './layers.js';
import type { Cell, MacroNetwork } from './network.js';
import {
  cellAddition,
  entryKey,
  entryWords,
  operationEntry,
  type PartEntry,
  requiredEntries,
  stemEntry,
  tailEntry,
} from './operation-entry.js';
import type { OperationTable } from './operation-table.js';
import type { Operation, Pool } from './operation.js';
import { operationName } from './pool.js';

const MOST_NAMED = 20;

/**
 * Latency from a table, in its unit. Every operation of the pool is looked up in every cell at once: throws INVALID_ARGUMENT
 * that names each entry that the table lacks and who needs it.
 *
 * A table of layers: the tail, and per operation its layers. The stem is left out, as in the reference (golden README,
 * difference 6; algorithm page, decision 7). A table of operations: stem, tail, and the operations, all by its correction. In
 * both, every operation carries one addition in a cell with identity; elsewhere n operations carry n - 1.
 */
export function latencyCost(network: MacroNetwork, pool: Pool, table: LatencyTable): Cost {
  return table.kind === 'layers' ? layerCost(network, pool, table) : operationCost(network, pool, table);
}

function operationCost(network: MacroNetwork, pool: Pool, table: OperationTable): Cost {
  const { scale, factors = {}, additionMs, biasMs } = table.content.correction;
  const missing = new Map<string, string[]>();
  for (const { entry, neededBy } of requiredEntries(network, pool)) {
    if (table.find(entry) === undefined) missing.set(entryWords(entry), [...neededBy]);
  }
  if (missing.size > 0) throw NseError.invalid(violationsOf(missing));
  const time = (entry: PartEntry) =>
    scale * (factors[entryKey(entry)] ?? 1) * (table.find(entry)?.medianMs ?? 0);
  const fixed = time(stemEntry(network, pool)) + time(tailEntry(network, pool)) + biasMs;
  const cells = network.cells.map((cell): CellCost => {
    const addition = time(cellAddition(cell)) + additionMs;
    const operations = Float64Array.from(
      pool.operations,
      (operation) => time(operationEntry(operation, cell)) + addition,
    );
    return { operations, offset: cell.identity ? 0 : -addition };
  });
  return { unit: 'ms', ...cellwiseSum(fixed, cells) };
}

/** The operations of an architecture with their keys and their times by the table, uncorrected, in milliseconds; those that it lacks are left out. */
export function operationTimes(
  network: MacroNetwork,
  pool: Pool,
  table: OperationTable,
  architecture: Architecture,
): readonly OperationTime[] {
  return architecture.flatMap((branches, index) =>
    branches.flatMap((branch): OperationTime[] => {
      const [operation, cell] = [pool.operations[branch], network.cells[index]];
      if (operation === undefined || cell === undefined) return [];
      const entry = operationEntry(operation, cell);
      const timing = table.find(entry);
      return timing === undefined ? [] : [[entryKey(entry), timing.medianMs]];
    }),
  );
}

function layerCost(network: MacroNetwork, pool: Pool, table: LayerTable): Cost {
  const missing = new Map<string, string[]>();
  const time = (entry: TableEntry, neededBy: string): number => {
    const found = table.find(entry);
    if (found === undefined) noteMissing(missing, entryName(entry), neededBy);
    return found ?? 0;
  };
  const tail = tailLayer(network);
  const fixed = [
    convolutionEntry(tail),
    poolEntry(tail.sizeOut[0], tail.outChannels),
    linearEntry(tail.outChannels, network.classes),
  ].reduce((sum, entry) => sum + time(entry, 'the tail'), 0);
  const cells = network.cells.map((cell): CellCost => {
    const addition = time(
      additionEntry(cell.sizeOut, cell.outChannels),
      `the branches of cell ${cell.index}`,
    );
    const operations = Float64Array.from(pool.operations, (operation, index) => {
      const neededBy = `operation ${index} (${operationName(operation)}) in cell ${cell.index}`;
      return layerEntries(operation, cell).reduce((sum, entry) => sum + time(entry, neededBy), addition);
    });
    return { operations, offset: cell.identity ? 0 : -addition };
  });
  if (missing.size > 0) throw NseError.invalid(violationsOf(missing));
  return { unit: 'ms', ...cellwiseSum(fixed, cells) };
}

function layerEntries(
  operation: Operation,
  { inChannels, outChannels, stride, sizeIn: size }: Cell,
): TableEntry[] {
  return layersOf(operation, { inChannels, outChannels, stride, size }).map(convolutionEntry);
}

function noteMissing(missing: Map<string, string[]>, name: string, neededBy: string): void {
  const needs = missing.get(name);
  if (needs === undefined) missing.set(name, [neededBy]);
  else needs.push(neededBy);
}

function violationsOf(missing: ReadonlyMap<string, readonly string[]>): Violation[] {
  const field = 'constraint.latency.table';
  const named = Array.from(missing).slice(0, MOST_NAMED);
  const violations = named.map(([name, [first = '', ...others]]) => {
    const more = others.length === 0 ? '' : ` and by ${others.length} more`;
    return { field, description: `has no row for ${name}; needed by ${first}${more}` };
  });
  const rest = missing.size - named.length;
  return rest > 0 ? [...violations, { field, description: `lacks ${rest} more rows` }] : violations;
}
