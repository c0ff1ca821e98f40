import { percentText } from '@nse/report';
import { fromStruct, fromTimestamp, toStruct, type messages } from '@nse/rpc';
import { entryWords, NseError, operationTableSchema, timedEntries } from '@nse/space';
import type { Command } from 'commander';
import { columns } from '../columns.js';
import type { System } from '../connect.js';
import { withExamples } from '../examples.js';
import { readInput } from '../input-file.js';
import { messageJson } from '../message-json.js';
import { print, type Shell } from '../shell.js';
import { networkOf, type NetworkSource, ofNetwork } from './device-command-options.js';
import { type Connected, connected, onSystem } from './options.js';
import { addBuild, addCancel, addStatus } from './table-command-build.js';
import { addTrust } from './table-command-trust.js';

/** `nse table`: latency tables, which searches under a latency budget go by. */
export function addTable(parent: Command, shell: Shell): void {
  const table = withExamples(
    parent.command('table').description('latency tables: build, import, list, show, look up'),
    ['table build mine --device host -f spec.yaml --wait', 'measures one'],
  );
  addBuild(table, shell);
  addStatus(table, shell);
  addCancel(table, shell);
  addTrust(table, shell);
  addImport(table, shell);
  addList(table, shell);
  addGet(table, shell);
  addLookUp(table, shell);
}

function addImport(parent: Command, shell: Shell): void {
  const command = parent.command('import <name> <file>').description('store a latency table under a name');
  withExamples(
    connected(command),
    ['table import pixel pixel.json', 'JSON or YAML, of layers or of operations'],
    ['table import pixel -', 'from standard input'],
  ).action(async (name: string, file: string, options: Connected) => {
    const table = await readInput(file);
    if (typeof table !== 'object' || table === null || Array.isArray(table)) {
      throw new NseError('INVALID_ARGUMENT', `${file} holds no table: {unit, columns, rows}`);
    }
    await onSystem(shell, options, async ({ latencyProfiler }) => {
      const stored = await latencyProfiler.importTable({ name, table: toStruct(table) });
      print(shell, options, messageJson(stored), () => tablesText([stored]));
    });
  });
}

function addList(parent: Command, shell: Shell): void {
  const command = parent.command('list').description('all tables, by name');
  withExamples(connected(command), ['table list', 'what they hold, and of what device']).action(
    (options: Connected) =>
      onSystem(shell, options, async (system) => {
        const tables = await all(system);
        print(shell, options, messageJson(tables), () => tablesText(tables));
      }),
  );
}

async function all({ latencyProfiler }: System): Promise<messages.Table__Output[]> {
  const tables: messages.Table__Output[] = [];
  for (let pageToken = ''; ;) {
    const page = await latencyProfiler.listTables({ pageToken });
    tables.push(...page.tables);
    pageToken = page.nextPageToken;
    if (pageToken === '') return tables;
  }
}

function tablesText(tables: readonly messages.Table__Output[]): string {
  const rows = tables.map(({ name, unit, entries, kind, device, createTime, trust }) => [
    ...[name, unit, String(entries), kind.slice('TABLE_KIND_'.length).toLowerCase()],
    ...[
      device === '' ? '-' : device,
      createTime === null ? '-' : fromTimestamp(createTime).toISOString().slice(0, 10),
    ],
    trust === null ? '-' : percentText(trust.within10, 0),
  ]);
  return columns(['NAME', 'UNIT', 'ENTRIES', 'OF', 'DEVICE', 'MADE', 'WITHIN 10 %'], rows, [
    'ENTRIES',
    'WITHIN 10 %',
  ]);
}

function addGet(parent: Command, shell: Shell): void {
  const command = parent.command('get <name>').description('a table with its content');
  withExamples(
    connected(command),
    ['table get pixel', 'a line for each entry'],
    ['table get pixel --json | jq .content > pixel.json', 'as it was imported or built'],
  ).action((name: string, options: Connected) =>
    onSystem(shell, options, async ({ latencyProfiler }) => {
      const found = await latencyProfiler.getTable({ name });
      const content = fromStruct(found.content);
      const tables = found.table === null ? [] : [found.table];
      print(shell, options, messageJson(found), () => `${tablesText(tables)}\n\n${contentText(content)}`);
    }),
  );
}

/** A line for each layer shape, or for each part of a table of operations. */
function contentText(content: Readonly<Record<string, unknown>>): string {
  const operations = operationTableSchema.safeParse(content);
  if (!operations.success) return rowsText(content);
  const rows = timedEntries(operations.data).map((entry) => [
    ...[entry.medianMs, entry.lowMs, entry.highMs].map((ms) => ms.toFixed(4)),
    ...[String(entry.runs), entryWords(entry)],
  ]);
  return columns(['MEDIAN', 'LOW', 'HIGH', 'RUNS', 'OF'], rows, ['MEDIAN', 'LOW', 'HIGH', 'RUNS']);
}

function rowsText({ columns: titles, rows }: Readonly<Record<string, unknown>>): string {
  const cells = (row: unknown) => (Array.isArray(row) ? row.map(cellText) : []);
  const names = cells(titles);
  return columns(names, Array.isArray(rows) ? rows.map(cells) : [], names);
}

const cellText = (value: unknown) => (Array.isArray(value) ? value.join('x') : String(value));

interface LookUpOptions extends Connected, NetworkSource {}

function addLookUp(parent: Command, shell: Shell): void {
  const command = parent
    .command('lookup <table> <code>')
    .description('what an architecture takes by a table');
  withExamples(
    connected(ofNetwork(command)),
    ['table lookup pixel CODE --search ID', 'the sum over its layers'],
    ['table lookup pixel CODE --preset imagenet-330m', 'without a search'],
  ).action(async (table: string, code: string, options: LookUpOptions) => {
    const of = await networkOf(options);
    await onSystem(shell, options, async ({ latencyProfiler }) => {
      const found = await latencyProfiler.lookUp({ table, code, ...of });
      print(shell, options, messageJson(found), () => `${found.latency} ${found.unit}`.trimEnd());
    });
  });
}
