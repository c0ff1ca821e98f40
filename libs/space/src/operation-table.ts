import { z } from 'zod';

import { NO_CORRECTION } from './correction.js';
import type { MacroNetwork } from './network.js';
import { entryKey, type PartEntry, type RequiredEntry, requiredEntries } from './operation-entry.js';
import type { Pool } from './operation.js';

export const OPERATION_TABLE_SCHEMA = 'nse.latency-table/v1';

const count = z.int().positive();
const time = z.number().positive();
const activation = z.enum(['relu', 'swish']);
const options = { squeezeExcitation: z.boolean().exactOptional(), activation: activation.exactOptional() };

const operation = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('MBConv'),
    kernel: count,
    expansion: count,
    dilation: count,
    groups: z.tuple([count, count]),
    ...options,
  }),
  z.object({
    kind: z.enum(['Rectangular', 'Conv', 'DualConv']),
    kernel: count,
    expansion: count,
    ...options,
  }),
]);

const timing = {
  /** Milliseconds, with the ends of the 95 % interval. */
  medianMs: time,
  lowMs: z.number(),
  highMs: z.number(),
  /** Timed runs that it follows from. */
  runs: count,
  /** That it was measured as less than `LEAST_MS`, which stands in its place. */
  clipped: z.boolean().exactOptional(),
};

/** One branch, without its addition. */
const operationRow = z.object({
  operation,
  inChannels: count,
  outChannels: count,
  stride: z.union([z.literal(1), z.literal(2)]),
  size: count,
  ...timing,
});
const additionRow = z.object({ channels: count, size: count, ...timing });
const stemRow = z.object({
  imageChannels: count,
  imageSize: count,
  channels: count,
  stride: count,
  activation,
  ...timing,
});
const tailRow = z.object({
  inChannels: count,
  size: count,
  channels: count,
  classes: count,
  activation,
  ...timing,
});

const correction = z.object({
  scale: time,
  factors: z.record(z.string(), time).exactOptional(),
  additionMs: z.number().nonnegative().default(0),
  biasMs: z.number(),
});
const share = z.number().min(0).max(1);
const rank = z.number().min(-1).max(1).nullable();

const trust = z.object({
  fitted: z.int().nonnegative(),
  judged: count,
  within5: share,
  within10: share,
  kendall: rank,
  spearman: rank,
  worst: z.object({ code: z.string(), predictedMs: z.number(), measuredMs: time, error: z.number() }),
  pairs: z
    .array(z.object({ code: z.string(), predictedMs: z.number(), measuredMs: time, fitted: z.boolean() }))
    .readonly(),
});

/** What an `nse.latency-table/v1` holds. Further keys at the top are kept. */
export const operationTableSchema = z.looseObject({
  schema: z.literal(OPERATION_TABLE_SCHEMA),
  unit: z.literal('ms'),
  /** Images at once. */
  batch: count,
  device: z.object({
    id: z.string(),
    kind: z.string(),
    model: z.string(),
    properties: z.record(z.string(), z.string()),
  }),
  /** What ran the models, on how many threads, kept on which cores (none: wherever the system put it). */
  runtime: z.object({ name: z.string(), threads: count, pinned: z.array(z.int().nonnegative()) }),
  createdAt: z.iso.datetime(),
  entries: z.array(operationRow),
  additions: z.array(additionRow),
  stems: z.array(stemRow),
  tails: z.array(tailRow),
  /** The sum over an architecture's parts, operations' times by their `factors`, times `scale`, `additionMs` for each addition, and `biasMs`. */
  correction: correction.default(NO_CORRECTION),
  trust: trust.exactOptional(),
});

export type OperationTableContent = z.infer<typeof operationTableSchema>;

/** How long a part takes. Times in milliseconds. */
export interface Timing {
  readonly medianMs: number;
  readonly lowMs: number;
  readonly highMs: number;
  readonly runs: number;
  readonly clipped?: boolean;
}

export type TimedEntry = PartEntry & Timing;

/** Stands for what was measured as nothing or less: times are differences, and noise can be larger than they are. */
export const LEAST_MS = 1e-4;

/** An operation table, ready to look up. */
export interface OperationTable {
  readonly kind: 'operations';
  readonly unit: 'ms';
  readonly content: OperationTableContent;
  /** The time of that part, or nothing where the table lacks it. */
  find(entry: PartEntry): Timing | undefined;
}

/** Makes a table's content ready to look up. */
export function operationTable(content: OperationTableContent): OperationTable {
  const times = new Map(timedEntries(content).map((entry) => [entryKey(entry), entry]));
  return { kind: 'operations', unit: 'ms', content, find: (entry) => times.get(entryKey(entry)) };
}

/** Every part that the table has a time of. */
export function timedEntries({ entries, additions, stems, tails }: OperationTableContent): TimedEntry[] {
  return [
    ...entries.map((entry) => ({ kind: 'operation', ...entry }) as const),
    ...additions.map((entry) => ({ kind: 'addition', ...entry }) as const),
    ...stems.map((entry) => ({ kind: 'stem', ...entry }) as const),
    ...tails.map((entry) => ({ kind: 'tail', ...entry }) as const),
  ];
}

/** What architectures of the pool need of the table and it lacks, in the order of `requiredEntries`. */
export function missingEntries(
  content: OperationTableContent,
  network: MacroNetwork,
  pool: Pool,
): readonly RequiredEntry[] {
  const table = operationTable(content);
  return requiredEntries(network, pool).filter(({ entry }) => table.find(entry) === undefined);
}

/** The table with more entries; one of a part that it has takes that one's place. */
export function withEntries(
  content: OperationTableContent,
  more: readonly TimedEntry[],
): OperationTableContent {
  const all = new Map([...timedEntries(content), ...more].map((entry) => [entryKey(entry), entry]));
  const of = (kind: TimedEntry['kind']) => [...all.values()].filter((entry) => entry.kind === kind);
  return {
    ...content,
    entries: of('operation').map((entry) => operationRow.parse(entry)),
    additions: of('addition').map((entry) => additionRow.parse(entry)),
    stems: of('stem').map((entry) => stemRow.parse(entry)),
    tails: of('tail').map((entry) => tailRow.parse(entry)),
  };
}
