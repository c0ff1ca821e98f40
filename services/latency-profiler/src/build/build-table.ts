import type { Device, MeasureOptions } from '@nse/devices';
import {
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
  type OperationTableContent,
  type PartEntry,
  type Pool,
  randomFrom,
  type RequiredEntry,
  requiredEntries,
  shuffled,
  trustArchitectures,
} from '@nse/space';
import { correctedCost, plainTable } from './content.js';
import { Measuring, type Progress } from './measuring.js';
import { FEW, graphsOf, MANY, wholeGraph } from './models.js';
import type { Measurement, PartialTable } from './partial.js';
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
 * Each whole architecture is measured so often, with all others in between: what slows the device down for some seconds would else
 * pass for a mistake of the table. On a shared machine one pass left two neighbours of 30 at 12 % beside their prediction.
 */
const PASSES = [1, 2] as const;
type Pass = (typeof PASSES)[number];

/**
 * Measures a table of the network and the pool on the device: each different part in context, in a random order, so that a
 * drift of the device falls on no kind of operation; then whole architectures, by which the table is corrected and judged.
 * Goes on where `known` ends. Raises what the device raises, naming what was being measured.
 */
export async function buildTable(build: TableBuild): Promise<OperationTableContent> {
  const { network, pool, table, trust } = build;
  const required =
    table === undefined ? requiredEntries(network, pool) : missingEntries(table, network, pool);
  const measuring = new Measuring(build, required.length + PASSES.length * trust.architectures);
  await measureParts(measuring, build, required);
  const content = await judged(measuring, build, required);
  await measuring.finished();
  return content;
}

async function measureParts(
  measuring: Measuring,
  build: TableBuild,
  required: readonly RequiredEntry[],
): Promise<void> {
  const open = required.map(({ entry }) => ({
    key: entryKey(entry),
    task: () => ({ what: entryWords(entry), ...measuredBy(entry, build) }),
  }));
  await measuring.all('parts', shuffled(open, randomFrom(build.trust.seed, 'order')));
}

function measuredBy(entry: PartEntry, build: TableBuild): Pick<Task, 'graphs' | 'times'> {
  if (entry.kind !== 'operation') return { graphs: graphsOf(entry, build), times: 1 };
  const graphs = graphsInNetworks(entry, build);
  return graphs === undefined ? { graphs: graphsOf(entry, build), times: MANY - FEW } : { graphs, times: 1 };
}

/** Measures whole architectures, first any, then those of the band, then all again, and gives the table that they correct and judge. */
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
  const pair = (architecture: Architecture): MeasuredPair[] => {
    const measured = measuredOf(measuring.partial, architecture);
    if (measured.length === 0) return [];
    const code = encodeArchitecture(architecture);
    const measuredMs = measured.reduce((sum, { ms }) => sum + ms, 0) / measured.length;
    return [{ code, sumMs: sums.total(architecture), measuredMs }];
  };
  const cost =
    msBand === undefined
      ? macsCost(network, pool)
      : correctedCost(build, plain, fitCorrection(anywhere.flatMap(pair)));
  const within =
    band === undefined
      ? []
      : trustArchitectures({ ...drawn, number: ofBand, before: anywhere, within: { band, cost } });
  // Where the band cannot be reached, the search will say so by the table; there must be one.
  const before = [...anywhere, ...within];
  const others = trustArchitectures({ ...drawn, number: number - before.length, before });
  await measureWhole(measuring, build, [...within, ...others], 1);
  await measureWhole(measuring, build, [...before, ...others], 2);
  return { ...plain, ...judgeTable(mixed([...anywhere, ...others], within).flatMap(pair)) };
}

async function measureWhole(
  measuring: Measuring,
  build: TableBuild,
  architectures: readonly Architecture[],
  pass: Pass,
): Promise<void> {
  const open = architectures.map((architecture) => {
    const task = () => ({
      what: `architecture ${encodeArchitecture(architecture)}`,
      graphs: [wholeGraph(build, architecture)],
      times: 1,
    });
    return { key: passKey(architecture, pass), task };
  });
  await measuring.all('architectures', open);
}

/** The times that the passes so far gave. */
function measuredOf({ architectures }: PartialTable, architecture: Architecture): Measurement[] {
  return PASSES.flatMap((pass) => architectures[passKey(architecture, pass)] ?? []);
}

function passKey(architecture: Architecture, pass: Pass): string {
  const code = encodeArchitecture(architecture);
  return pass === 1 ? code : `${code}#${pass}`;
}

/** Two of the one, two of the other, and so on: judged by every second one, both kinds fall into either half. */
function mixed<T>(some: readonly T[], others: readonly T[]): T[] {
  const twos = Math.ceil(Math.max(some.length, others.length) / 2);
  return Array.from({ length: twos }, (_, index) =>
    [some, others].map((list) => list.slice(2 * index, 2 * index + 2)),
  ).flat(2);
}
