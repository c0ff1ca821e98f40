import {
  latencyCost,
  macroNetwork,
  type OperationTableContent,
  parseLatencyTable,
  requiredEntries,
  withEntries,
} from '@nse/space';
import { parseSpec } from './parse.js';
import { poolOf } from './pool-of.js';
import { presets } from './presets.js';
import { macsLimits, tableCost } from './pricing.js';
import { retrainedPool } from './retrained.js';

const spec = parseSpec({ ...presets['fashion-mnist-quick'], name: 's', retrain: { activation: 'swish' } });
const network = macroNetwork(spec.network);
const pool = poolOf(spec);
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

test('a table of operations prices them as they are retrained', () => {
  const times = requiredEntries(network, retrainedPool(pool, spec.retrain)).map(({ entry }) => ({
    ...entry,
    ...{ medianMs: 1, lowMs: 1, highMs: 1, runs: 50 },
  }));
  const content: unknown = JSON.parse(JSON.stringify(withEntries(empty, times)));
  // Stem, tail and one operation in each cell; an addition where there is an identity.
  const identities = network.cells.filter(({ identity }) => identity).length;
  const architecture = network.cells.map(() => [0]);
  expect(tableCost(spec, network, pool, content).total(architecture)).toBe(
    2 + network.cells.length + identities,
  );
  expect(() => latencyCost(network, pool, parseLatencyTable(content))).toThrow('has no row');
});

test('MACs are a limit beside a latency budget alone', () => {
  expect(macsLimits(spec, network, pool)).toEqual([]);
  const macs = { target: 4e6, drift: 1e5 };
  const [limit] = macsLimits({ constraint: { macs, latency: { table: 't' } } }, network, pool);
  expect(limit).toMatchObject({ below: 4.1e6, cost: { unit: 'macs' } });
});
