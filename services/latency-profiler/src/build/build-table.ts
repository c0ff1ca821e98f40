import type { Device, MeasureOptions } from '@nse/devices';
import {
  additionsIn,
  type Architecture,
  type CostBand,
  encodeArchitecture,
  entryKey,
  entryWords,
  fitCorrection,
  judgeTable,
  macsCost,
  type MacroNetwork,
  type MeasuredPair,
  type Method,
  missingEntries,
  NseError,
  operationTable,
  type OperationTableContent,
  operationTimes,
  type PartEntry,
  type Pool,
  randomFrom,
  type RequiredEntry,
  requiredEntries,
  shuffled,
  trustArchitectures,
} from '@nse/space';
import { median } from 'simple-statistics';
import { correctedCost, plainTable } from './content.js';
import { Measuring, type Progress } from './measuring.js';
import { FEW, graphsOf, MANY, wholeGraph } from './models.js';
import { atOnePace } from './one-pace.js';
import { type PartialTable, type Pass, PASSES, passKey } from './partial.js';
import type { Task } from './side-by-side.js';
import { graphsInNetworks } from './whole-context.js';

/** How a table is judged: by whole architectures that are measured directly. */
export interface TrustOptions {
  /** How many; 50 or more tell something. */
  readonly architectures: number;
  readonly seed: number;
  /** K and the method, as in the search. */
  readonly subsetSize: number;
  readonly method: Method;
  /** In milliseconds: half of the architectures are drawn from it, so that the correction holds where the search looks. */
  readonly band?: CostBand;
  /** In MACs, in place of `band`, where nobody knows the milliseconds yet. */
  readonly macsBand?: CostBand;
}

export interface TableBuild {
  readonly network: MacroNetwork;
  /** Operations with squeeze-excitation and activation as they are deployed. */
  readonly pool: Pool;
  readonly device: Device;
  readonly options: MeasureOptions;
  /** A table of the same device, measured with the same options: only what it lacks is measured, and added. */
  readonly table?: OperationTableContent;
  /** What an earlier try had measured. */
  readonly known?: PartialTable;
  readonly trust: TrustOptions;
  /** The table's date. */
  readonly createdAt: Date;
  readonly onProgress: (progress: Progress) => void | Promise<void>;
  /** Keeps what is measured so far, every few measurements. */
  readonly save: (partial: PartialTable) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Measures a table of the network and the pool on the device: each different part in context, in a random order, so that a
 * drift of the device falls on no kind of operation; then whole architectures, by which the table is corrected and judged.
 * Goes on where `known` ends. Raises what the device raises, naming what was being measured.
 */
export async function buildTable(build: TableBuild): Promise<OperationTableContent> {
  const { network, pool, table, trust } = build;
  const required =
    table === undefined ? requiredEntries(network, pool) : missingEntries(table, network, pool);
  const control = controlOf(build);
  const measuring = new Measuring(
    { ...build, control },
    PASSES.length * (required.length + trust.architectures),
  );
  await measureParts(measuring, build, required);
  const content = await judged(measuring, build, required);
  await measuring.finished();
  return content;
}

/**
 * A whole network, by which all calls of the build are compared. From the band of MACs where there is one: what slows the device down
 * need not slow large networks and small ones alike.
 */
function controlOf(build: TableBuild): Task {
  const { network, pool, trust } = build;
  const draw = { network, pool, ...trust, number: 1 };
  const { macsBand } = trust;
  const [ofBand] =
    macsBand === undefined
      ? []
      : trustArchitectures({ ...draw, within: { band: macsBand, cost: macsCost(network, pool) } });
  const [architecture] = ofBand === undefined ? trustArchitectures(draw) : [ofBand];
  if (architecture === undefined) throw new NseError('INTERNAL', 'no architecture to be the control');
  return wholeTask(build, architecture);
}

const wholeTask = (build: TableBuild, architecture: Architecture): Task => ({
  what: `architecture ${encodeArchitecture(architecture)}`,
  graphs: [wholeGraph(build, architecture)],
  times: 1,
});

async function measureParts(
  measuring: Measuring,
  build: TableBuild,
  required: readonly RequiredEntry[],
): Promise<void> {
  for (const pass of PASSES) {
    const open = required.map(({ entry }) => ({
      key: passKey(entryKey(entry), pass),
      task: () => ({ what: entryWords(entry), ...measuredBy(entry, build, pass) }),
    }));
    await measuring.all('parts', shuffled(open, randomFrom(build.trust.seed, 'order', pass)));
  }
}

function measuredBy(entry: PartEntry, build: TableBuild, pass: Pass): Pick<Task, 'graphs' | 'times'> {
  if (entry.kind !== 'operation') return { graphs: graphsOf(entry, build, pass), times: 1 };
  const graphs = graphsInNetworks(entry, build, pass);
  return graphs === undefined
    ? { graphs: graphsOf(entry, build, pass), times: MANY - FEW }
    : { graphs, times: 1 };
}

/** Measures whole architectures, first any, then those of the band, then all again in other orders, and gives the table that they correct and judge. */
async function judged(
  measuring: Measuring,
  build: TableBuild,
  required: readonly RequiredEntry[],
): Promise<OperationTableContent> {
  const { network, pool, trust } = build;
  const { architectures: number, band: msBand, macsBand, ...drawn } = { network, pool, ...trust };
  const band = msBand ?? macsBand;
  const ofBand = band === undefined ? 0 : Math.floor(number / 2);
  const anywhere = trustArchitectures({ ...drawn, number: number - ofBand });
  await measureWhole(measuring, build, anywhere, 1);

  const plain = plainTable(build, required, measuring.partial);
  const sums = correctedCost(build, plain);
  const lookedUp = operationTable(plain);
  const pairs = (architectures: readonly Architecture[]): MeasuredPair[] => {
    const { architectures: times } = atOnePace(measuring.partial);
    return architectures.flatMap((architecture) => {
      const code = encodeArchitecture(architecture);
      const measured = PASSES.flatMap((pass) => times[passKey(code, pass)]?.ms ?? []);
      if (measured.length === 0) return [];
      const sumMs = sums.total(architecture);
      const operations = operationTimes(network, pool, lookedUp, architecture);
      const additions = additionsIn(network, architecture);
      return [{ code, sumMs, operations, additions, measuredMs: median(measured) }];
    });
  };
  const cost =
    msBand === undefined
      ? macsCost(network, pool)
      : correctedCost(build, plain, fitCorrection(pairs(anywhere)));
  const within =
    band === undefined
      ? []
      : trustArchitectures({ ...drawn, number: ofBand, before: anywhere, within: { band, cost } });
  // Where the band cannot be reached, the search will say so by the table; there must be one.
  const before = [...anywhere, ...within];
  const others = trustArchitectures({ ...drawn, number: number - before.length, before });
  await measureWhole(measuring, build, [...within, ...others], 1);
  for (const pass of PASSES.slice(1)) {
    const order = shuffled([...before, ...others], randomFrom(trust.seed, 'pass', pass));
    await measureWhole(measuring, build, order, pass);
  }
  return { ...plain, ...judgeTable(pairs(mixed([...anywhere, ...others], within))) };
}

async function measureWhole(
  measuring: Measuring,
  build: TableBuild,
  architectures: readonly Architecture[],
  pass: Pass,
): Promise<void> {
  const open = architectures.map((architecture) => ({
    key: passKey(encodeArchitecture(architecture), pass),
    task: () => wholeTask(build, architecture),
  }));
  await measuring.all('architectures', open);
}

/** Two of the one, two of the other, and so on: judged by every second one, both kinds fall into either half. */
function mixed<T>(some: readonly T[], others: readonly T[]): T[] {
  const twos = Math.ceil(Math.max(some.length, others.length) / 2);
  return Array.from({ length: twos }, (_, index) =>
    [some, others].map((list) => list.slice(2 * index, 2 * index + 2)),
  ).flat(2);
}
