import fc from 'fast-check';

import { drawPath } from './sample.js';
import { latencyCost, operationTimes } from './latency.js';
import { parseLatencyTable } from './latency-table.js';
import { additionsIn, entryKey, requiredEntries, type PartEntry } from './operation-entry.js';
import {
  missingEntries,
  operationTable,
  type OperationTableContent,
  type TimedEntry,
  withEntries,
} from './operation-table.js';
import { poolNamed } from './pool.js';
import { randomFrom } from './random.js';
import { firstSpace } from './space.js';
import { pool, small } from './testing/small.js';

const empty: OperationTableContent = {
  schema: 'nse.latency-table/v1',
  unit: 'ms',
  batch: 1,
  device: { id: 'made-up', kind: 'host', model: 'Made up', properties: {} },
  runtime: { name: 'arithmetic 1', threads: 1, pinned: [] },
  createdAt: '2026-01-01T00:00:00.000Z',
  entries: [],
  additions: [],
  stems: [],
  tails: [],
  correction: { scale: 1, additionMs: 0, biasMs: 0 },
};
const ADDITION = 0.25;
const STEM = 3;
const TAIL = 5;

/** Every entry with a time that follows from its key. */
function timed(entry: PartEntry): TimedEntry {
  const own = { stem: STEM, tail: TAIL, addition: ADDITION, operation: 1 + (entryKey(entry).length % 7) };
  const medianMs = own[entry.kind];
  return { ...entry, medianMs, lowMs: 0.99 * medianMs, highMs: 1.01 * medianMs, runs: 50 };
}

const full = withEntries(
  empty,
  requiredEntries(small, pool).map(({ entry }) => timed(entry)),
);
const entryOf = (cell: number, operation: number): PartEntry => {
  const { inChannels, outChannels, stride, sizeIn: size } = small.cells[cell]!;
  return {
    kind: 'operation',
    operation: pool.operations[operation]!,
    inChannels,
    outChannels,
    stride,
    size,
  };
};
const architectures = fc.nat().map((seed) => {
  const random = randomFrom(seed, 'architecture');
  const { subsets } = firstSpace(small.cells.length, pool.operations.length, 5, random);
  return drawPath(small.cells, subsets, 'nse', random);
});

describe('latencyCost of an operation table', () => {
  test('sums stem, tail, operations and the additions between them, by the correction', () => {
    fc.assert(
      fc.property(architectures, (architecture) => {
        const joins = architecture.map((operations, cell) =>
          small.cells[cell]!.identity ? operations.length : operations.length - 1,
        );
        const additions = joins.reduce((a, b) => a + b, 0);
        expect(additionsIn(small, architecture)).toBe(additions);
        const times = architecture.flatMap((operations, cell) =>
          operations.map((operation) => timed(entryOf(cell, operation)).medianMs),
        );
        const sum = times.reduce((a, b) => a + b, STEM + TAIL + additions * ADDITION);
        const total = (table: OperationTableContent) =>
          latencyCost(small, pool, operationTable(table)).total(architecture);
        expect(total(full)).toBeCloseTo(sum, 9);
        const corrected = { ...full, correction: { scale: 1.2, additionMs: 0.01, biasMs: -0.5 } };
        expect(total(corrected)).toBeCloseTo(1.2 * sum + 0.01 * additions - 0.5, 9);
      }),
    );
  });

  test('an operation with a factor takes so much longer, where it is, and others do not', () => {
    const [one, other] = [entryOf(1, 2), entryOf(1, 3)];
    const factors = { [entryKey(one)]: 1.5 };
    const cost = latencyCost(
      small,
      pool,
      operationTable({ ...full, correction: { ...full.correction, factors } }),
    );
    const plain = latencyCost(small, pool, operationTable(full));
    expect(cost.of(1, [2]) - plain.of(1, [2])).toBeCloseTo(0.5 * timed(one).medianMs, 9);
    expect(cost.of(1, [3])).toBe(plain.of(1, [3]));
    expect(entryKey(other)).not.toBe(entryKey(one));
  });

  test('gives the times of the operations of an architecture, by their keys', () => {
    const architecture = small.cells.map((_, cell) => (cell === 1 ? [2, 3] : []));
    const times = operationTimes(small, pool, operationTable(full), architecture);
    expect(times).toEqual(
      [2, 3].map((branch) => [entryKey(entryOf(1, branch)), timed(entryOf(1, branch)).medianMs]),
    );
  });

  test('an empty cell costs nothing', () => {
    const cost = latencyCost(small, pool, operationTable(full));
    expect(cost.of(0, [])).toBe(0);
    expect(cost).toMatchObject({ unit: 'ms', fixed: STEM + TAIL });
  });

  test('names each missing entry and who needs it, before anything starts', () => {
    const without = { ...full, tails: [], additions: full.additions.slice(1) };
    expect(() => latencyCost(small, pool, operationTable(without))).toThrow(
      /has no row for the tail, 32 to 64 channels, .*; needed by the tail\n.*the addition of 8 channels/s,
    );
    const fewer = { ...full, entries: full.entries.filter(({ size, stride }) => size !== 4 || stride !== 2) };
    expect(() => latencyCost(small, pool, operationTable(fewer))).toThrow(
      /has no row for MBConv k3 t1, \d+ to \d+ channels, stride 2, size 4x4; needed by operation 0 in cell/,
    );
  });

  test('operations as they are retrained have entries of their own', () => {
    const retrained = {
      ...pool,
      operations: pool.operations.map((operation) => ({ ...operation, activation: 'swish' }) as const),
    };
    expect(() => latencyCost(small, retrained, operationTable(full))).toThrow('swish');
    expect(missingEntries(full, small, retrained).length).toBeGreaterThan(full.entries.length);
  });
});

describe('requiredEntries', () => {
  test('are distinct, in a stable order, and all that a table needs', () => {
    const keys = requiredEntries(small, pool).map(({ entry }) => entryKey(entry));
    expect(new Set(keys).size).toBe(keys.length);
    expect(requiredEntries(small, pool).map(({ entry }) => entryKey(entry))).toEqual(keys);
    expect(keys.slice(0, 2).map((key) => key.split('/')[0])).toEqual(['stem', 'tail']);
    expect(missingEntries(full, small, pool)).toEqual([]);
    expect(missingEntries(empty, small, pool).map(({ entry }) => entryKey(entry))).toEqual(keys);
  });

  test('every operation of a pool has a key of its own', () => {
    const mac72 = poolNamed('mac72');
    const keys = mac72.operations.map((operation) => entryKey({ ...entryOf(0, 0), operation } as PartEntry));
    expect(new Set(keys).size).toBe(72);
  });
});

describe('withEntries', () => {
  test('adds what is new and replaces what was there', () => {
    const first = entryOf(0, 0);
    const once = withEntries(empty, [timed(first)]);
    const twice = withEntries(once, [{ ...timed(first), medianMs: 9 }, timed(entryOf(0, 1))]);
    expect(twice.entries.map(({ medianMs }) => medianMs)).toEqual([9, timed(entryOf(0, 1)).medianMs]);
    expect(once.entries).toHaveLength(1);
  });
});

describe('parseLatencyTable of an operation table', () => {
  test('reads what was written, and keeps further keys at the top', () => {
    const written: unknown = JSON.parse(JSON.stringify({ ...full, note: 'mine' }));
    const table = parseLatencyTable(written);
    expect(table).toMatchObject({ kind: 'operations', unit: 'ms', content: { note: 'mine' } });
    expect(latencyCost(small, pool, table).of(0, [3])).toBe(
      latencyCost(small, pool, operationTable(full)).of(0, [3]),
    );
  });

  test('needs no correction', () => {
    expect(parseLatencyTable({ ...full, correction: undefined })).toMatchObject({
      content: { correction: { scale: 1, additionMs: 0, biasMs: 0 } },
    });
  });

  test('names every wrong place', () => {
    const wrong = {
      ...full,
      unit: 's',
      stems: [{ ...full.stems[0], medianMs: 0 }],
      entries: [{ ...full.entries[0], operation: { kind: 'Pooling', kernel: 3 } }],
      createdAt: 'yesterday',
    };
    expect(() => parseLatencyTable(wrong)).toThrow(
      /table\.unit: .*\ntable\.createdAt: .*\ntable\.entries\.0\.operation.*\ntable\.stems\.0\.medianMs/s,
    );
    expect(() => parseLatencyTable({ schema: 'nse.latency-table/v9' })).toThrow('table.schema');
  });

  test('refuses two times for one part, but not the same one twice', () => {
    const [first] = full.additions;
    const again = { ...full, additions: [...full.additions, { ...first, medianMs: 7 }] };
    expect(() => parseLatencyTable(again)).toThrow(
      'table.additions: has 0.25 ms and 7 ms for the addition of',
    );
    expect(() => parseLatencyTable({ ...full, additions: [...full.additions, first] })).not.toThrow();
  });
});
