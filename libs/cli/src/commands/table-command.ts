import { toStruct, type messages } from '@nse/rpc';
import { NseError } from '@nse/space';
import { parseSpec } from '@nse/spec';
import type { Command } from 'commander';
import { columns } from '../columns.js';
import type { System } from '../connect.js';
import { withExamples } from '../examples.js';
import { readInput } from '../input-file.js';
import { messageJson } from '../message-json.js';
import { print, type Shell } from '../shell.js';
import { type Connected, connected, onSystem } from './options.js';
import { type SpecSource, writtenSpec } from './search-create.js';

/** `nse table`: latency tables, which searches under a latency budget go by. */
export function addTable(parent: Command, shell: Shell): void {
  const table = withExamples(
    parent.command('table').description('latency tables: import, list, show, look up'),
    ['table import pixel pixel.json', 'keeps a table for good'],
  );
  addImport(table, shell);
  addList(table, shell);
  addGet(table, shell);
  addLookUp(table, shell);
}

function addImport(parent: Command, shell: Shell): void {
  const command = parent.command('import <name> <file>').description('store a latency table under a name');
  withExamples(
    connected(command),
    ['table import pixel pixel.json', 'JSON or YAML: unit, columns, rows'],
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
  withExamples(connected(command), ['table list', 'name, unit and size']).action((options: Connected) =>
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
  const rows = tables.map(({ name, unit, entries }) => [name, unit, String(entries)]);
  return columns(['NAME', 'UNIT', 'ENTRIES'], rows, ['ENTRIES']);
}

function addGet(parent: Command, shell: Shell): void {
  const command = parent.command('get <name>').description('a table with its content');
  withExamples(
    connected(command),
    ['table get pixel', 'a line for each layer shape'],
    ['table get pixel --json | jq .content > pixel.json', 'as it was imported'],
  ).action((name: string, options: Connected) =>
    onSystem(shell, options, async ({ latencyProfiler }) => {
      const found = messageJson(await latencyProfiler.getTable({ name })) as {
        readonly table: messages.Table__Output;
        readonly content: Readonly<Record<string, unknown>>;
      };
      print(shell, options, found, () => `${tablesText([found.table])}\n\n${rowsText(found.content)}`);
    }),
  );
}

function rowsText({ columns: titles, rows }: Readonly<Record<string, unknown>>): string {
  const cells = (row: unknown) => (Array.isArray(row) ? row.map(cellText) : []);
  const names = cells(titles);
  return columns(names, Array.isArray(rows) ? rows.map(cells) : [], names);
}

const cellText = (value: unknown) => (Array.isArray(value) ? value.join('x') : String(value));

interface LookUpOptions extends Connected, SpecSource {
  readonly search?: string;
}

function addLookUp(parent: Command, shell: Shell): void {
  const command = parent
    .command('lookup <table> <code>')
    .description('what an architecture takes by a table')
    .option('--search <id>', 'for the network and pool of that search')
    .option('-f, --file <spec>', 'for those of a spec; - reads standard input')
    .option('--preset <name>', 'for those of a preset');
  withExamples(
    connected(command),
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

/** The part of the request that says for which network. Raises INVALID_ARGUMENT where there is not exactly one. */
async function networkOf(options: LookUpOptions): Promise<Pick<messages.LookUpRequest, 'spec' | 'search'>> {
  const { search, file, preset } = options;
  const given = [search, file, preset].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw new NseError('INVALID_ARGUMENT', 'give exactly one of --search, --file and --preset');
  }
  return search === undefined ? { spec: toStruct(parseSpec(await writtenSpec(options))) } : { search };
}
