import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type Architecture,
  type Cost,
  drawPath,
  firstSpace,
  latencyCost,
  macroNetwork,
  operationTable,
  OPERATION_TABLE_SCHEMA,
  type OperationTableContent,
  parseLatencyTable,
  poolNamed,
  PUBLISHED,
  randomFrom,
  requiredEntries,
  withEntries,
} from '@nse/space';

const ARCHITECTURES = 20_000;
const LAPS = 5;
const SECONDS_A_LAP = 0.5;
const SUBSET_SIZE = 6;

const { network: spec, pool: poolName, code } = PUBLISHED['NSENet-GPU'];
const network = macroNetwork(spec);
const pool = poolNamed(poolName);

/**
 * The sub-command `look-ups`: prints how many architectures a second one core prices by a table, of layers and of operations, of
 * NSENet-GPU's network and pool. Of several laps the best counts: others' work can only slow one down.
 */
export function lookUps(file = resolve(__dirname, '../../../shared/data/nse-gpu-lut.json')): string {
  const layers = latencyCost(network, pool, parseLatencyTable(JSON.parse(readFileSync(file, 'utf8'))));
  const operations = latencyCost(network, pool, operationTable(madeUp()));
  const architectures = drawn();
  return [
    `${code.split(' ').length} cells, random architectures, one core`,
    `  table of layers:     ${rate(layers, architectures)} architectures a second`,
    `  table of operations: ${rate(operations, architectures)} architectures a second`,
  ].join('\n');
}

function drawn(): Architecture[] {
  const random = randomFrom(1, 'look-ups');
  const { length } = network.cells;
  return Array.from({ length: ARCHITECTURES }, () => {
    const { subsets } = firstSpace(length, pool.operations.length, SUBSET_SIZE, random);
    return drawPath(network.cells, subsets, 'nse', random);
  });
}

function rate(cost: Cost, architectures: readonly Architecture[]): string {
  const laps = Array.from({ length: LAPS }, () => lap(cost, architectures));
  return Math.round(Math.max(...laps)).toLocaleString('en-US');
}

/** By processor time, as the machine may be shared. */
function lap(cost: Cost, architectures: readonly Architecture[]): number {
  const start = process.cpuUsage();
  let priced = 0;
  let sum = 0;
  for (;;) {
    for (const architecture of architectures) sum += cost.total(architecture);
    priced += architectures.length;
    const { user, system } = process.cpuUsage(start);
    const seconds = (user + system) / 1e6;
    if (seconds < SECONDS_A_LAP) continue;
    if (!(sum > 0)) throw new Error('architectures cost nothing');
    return priced / seconds;
  }
}

/** Every entry, with some time. */
function madeUp(): OperationTableContent {
  const empty: OperationTableContent = {
    ...{ schema: OPERATION_TABLE_SCHEMA, unit: 'ms', batch: 1, createdAt: new Date(0).toISOString() },
    device: { id: 'none', kind: 'host', model: 'none', properties: {} },
    runtime: { name: 'none', threads: 1, pinned: [] },
    ...{
      entries: [],
      additions: [],
      stems: [],
      tails: [],
      correction: { scale: 1.1, additionMs: 0.002, biasMs: 0.1 },
    },
  };
  const timed = requiredEntries(network, pool).map(({ entry }, index) => {
    const medianMs = 0.01 * (index + 1);
    return { ...entry, medianMs, lowMs: medianMs, highMs: medianMs, runs: 1 };
  });
  return withEntries(empty, timed);
}
