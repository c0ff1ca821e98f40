import { type messages, toStruct } from '@nse/rpc';
import { NO_CORRECTION, OPERATION_TABLE_SCHEMA } from '@nse/space';
import { tableTrust } from './table-trust.js';
import { Served } from './testing/served.js';

const pair = (predictedMs: number, fitted: boolean) => ({ code: '0', predictedMs, measuredMs: 2, fitted });
const figures = { fitted: 1, judged: 2, within5: 0.5, within10: 1 };
const content = {
  ...{ schema: OPERATION_TABLE_SCHEMA, unit: 'ms', batch: 1, createdAt: '2026-01-01T00:00:00Z' },
  device: { id: 'here', kind: 'host', model: 'made up', properties: {} },
  runtime: { name: 'none', threads: 1, pinned: [] },
  ...{ entries: [], additions: [], stems: [], tails: [], correction: NO_CORRECTION },
  trust: {
    ...figures,
    ...{ kendall: 1, spearman: null },
    worst: { code: '0', predictedMs: 2.2, measuredMs: 2, error: 0.1 },
    pairs: [pair(2, true), pair(2.2, false), pair(1.99, false)],
  },
};
const trust: messages.TableTrust = { ...figures, kendall: 1, worstError: 0.1, worstCode: '0' };

let served: Served;
beforeAll(async () => {
  const tables: Readonly<Record<string, messages.GetTableResponse>> = {
    built: { table: { name: 'built', trust }, content: toStruct(content) },
    imported: { table: { name: 'imported' }, content: toStruct({ rows: [] }) },
    plain: { table: { name: 'plain', trust }, content: toStruct({ rows: [] }) },
  };
  served = await Served.start({
    latencyProfiler: { getTable: ({ name }) => Promise.resolve(tables[name] ?? {}) },
  });
});
afterAll(() => served.stop());

const trustOf = (table: string) =>
  tableTrust(served.system, {
    latency: {
      device: 'here',
      table,
      chosen: null,
      random: null,
      measured: [],
      note: '',
      pace: null,
      seconds: {},
    },
  });

describe('how far the table of a search can be trusted', () => {
  it('is what its build found, with each pair that the correction was not fitted to', async () => {
    expect(await trustOf('built')).toEqual({
      ...trust,
      pairs: [
        [2.2, 2],
        [1.99, 2],
      ],
    });
    expect(await trustOf('plain')).toEqual(trust);
  });

  it('is unknown of a table that was not built here, and where there is none yet', async () => {
    expect(await trustOf('imported')).toBeUndefined();
    expect(await trustOf('')).toBeUndefined();
    expect(await tableTrust(served.system, { latency: null })).toBeUndefined();
  });
});
