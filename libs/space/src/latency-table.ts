import { z } from 'zod';

import { NseError } from './error.js';
import type { Layer, Pair } from './layers.js';
import { entryKey, entryWords } from './operation-entry.js';
import {
  type OperationTable,
  operationTable,
  operationTableSchema,
  timedEntries,
} from './operation-table.js';

const pair = z.union([z.int(), z.tuple([z.int(), z.int()])]);
const count = z.int().nonnegative();

const tableSchema = z.object({
  unit: z.string(),
  columns: z.tuple([
    z.literal('hw'),
    z.literal('c_in'),
    z.literal('c_out'),
    z.literal('kernel'),
    z.literal('stride'),
    z.literal('padding'),
    z.literal('dilation'),
    z.literal('group'),
    z.literal('type_code'),
    z.literal('exec_time'),
  ]),
  rows: z.array(
    z.tuple([pair, count, count, pair, pair, pair, count, count, count, z.number().nonnegative()]),
  ),
});

const TYPE_CODES = { conv: 1, pool: 3, add: 4, linear: 5 } as const;

/** What is looked up, in words. Sizes are (height, width) of the input. */
export interface TableEntry {
  readonly type: keyof typeof TYPE_CODES;
  readonly size: Pair;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: number;
  readonly groups: number;
}

/** Measured times by layer shape, in the table's own unit (say, milliseconds for a batch of 128). */
export interface LayerTable {
  readonly kind: 'layers';
  readonly unit: string;
  /** The time of that layer, or nothing where the table has no such row. */
  find(entry: TableEntry): number | undefined;
}

/** Measured times: by layer shape, or by operation in its place. */
export type LatencyTable = LayerTable | OperationTable;

/**
 * Reads a table of either kind; further keys at its top are left alone. One with a `schema` is of operations; else it has
 * `columns` as above, one row a layer shape, `hw`, kernel, stride and padding as one number or as [height, width].
 * Throws INVALID_ARGUMENT that names every wrong place, also a shape or a part that two rows give different times for.
 */
export function parseLatencyTable(value: unknown): LatencyTable {
  const hasSchema = typeof value === 'object' && value !== null && 'schema' in value;
  return hasSchema ? parseOperationTable(value) : parseLayerTable(value);
}

function parseOperationTable(value: unknown): OperationTable {
  const content = checked(operationTableSchema, value);
  const times = new Map<string, number>();
  const violations = timedEntries(content).flatMap((entry) => {
    const key = entryKey(entry);
    const known = times.get(key);
    times.set(key, entry.medianMs);
    if (known === undefined || known === entry.medianMs) return [];
    const description = `has ${known} ms and ${entry.medianMs} ms for ${entryWords(entry)}`;
    return [{ field: `table.${listOf[entry.kind]}`, description }];
  });
  if (violations.length > 0) throw NseError.invalid(violations);
  return operationTable(content);
}

const listOf = { operation: 'entries', addition: 'additions', stem: 'stems', tail: 'tails' } as const;

/** Throws INVALID_ARGUMENT that names every wrong place. */
function checked<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw NseError.invalid(
    parsed.error.issues.map(({ path, message }) => ({
      field: `table.${path.join('.')}`,
      description: message,
    })),
  );
}

function parseLayerTable(value: unknown): LayerTable {
  const { unit, rows } = checked(tableSchema, value);
  const times = new Map<string, number>();
  const violations = rows.flatMap(([size, ...rest], index) => {
    const [inChannels, outChannels, kernel, stride, padding, dilation, groups, type, time] = rest;
    const pairs = [size, kernel, stride, padding].map(asPair);
    const key = [...pairs, inChannels, outChannels, dilation, groups, type].join();
    const known = times.get(key);
    times.set(key, time);
    if (known === undefined || known === time) return [];
    return [{ field: `table.rows.${index}`, description: `the same shape has ${known} in an earlier row` }];
  });
  if (violations.length > 0) throw NseError.invalid(violations);
  return { kind: 'layers', unit, find: (entry) => times.get(keyOf(entry)) };
}

/** The row of a convolution. */
export function convolutionEntry(layer: Layer): TableEntry {
  return { ...layer, type: 'conv', size: layer.sizeIn };
}

/** The row of adding one map to another: shape only, all else 0. */
export function additionEntry(size: number, channels: number): TableEntry {
  return plainEntry('add', [size, size], channels, channels);
}

/** The row of the linear layer, which follows a global pool. */
export function linearEntry(inChannels: number, outChannels: number): TableEntry {
  return plainEntry('linear', [1, 1], inChannels, outChannels);
}

/** The row of the global average pool over a square map. */
export function poolEntry(size: number, channels: number): TableEntry {
  const window = { kernel: [size, size], stride: [1, 1], dilation: 1, groups: 1 } as const;
  return { ...plainEntry('pool', [size, size], channels, channels), ...window };
}

/** The entry as people say it: `conv 16 to 96, size 56x56, kernel 3x3, stride 1x1, groups 1`. */
export function entryName(entry: TableEntry): string {
  const { type, size, inChannels, outChannels, kernel, stride, dilation, groups } = entry;
  const shape = `${type} ${inChannels} to ${outChannels} channels, size ${size.join('x')}`;
  if (type !== 'conv') return shape;
  return `${shape}, kernel ${kernel.join('x')}, stride ${stride.join('x')}, dilation ${dilation}, groups ${groups}`;
}

function plainEntry(
  type: TableEntry['type'],
  size: Pair,
  inChannels: number,
  outChannels: number,
): TableEntry {
  const none: Pair = [0, 0];
  return {
    type,
    size,
    inChannels,
    outChannels,
    kernel: none,
    stride: none,
    padding: none,
    dilation: 0,
    groups: 0,
  };
}

const asPair = (value: number | Pair): Pair => (typeof value === 'number' ? [value, value] : value);

function keyOf({
  type,
  size,
  inChannels,
  outChannels,
  kernel,
  stride,
  padding,
  dilation,
  groups,
}: TableEntry): string {
  return [size, kernel, stride, padding, inChannels, outChannels, dilation, groups, TYPE_CODES[type]].join();
}
