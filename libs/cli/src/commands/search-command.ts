import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { type messages } from '@nse/rpc';
import { costText, frontTable, percentText, type TerminalStyle } from '@nse/report';
import { NseError } from '@nse/space';
import { budgetOf, parseSpec, parseText, presetNamed, withOverrides } from '@nse/spec';
import { wholeNumber } from '../arguments.js';
import { connect, type System } from '../connect.js';
import { readEndpoints } from '../endpoints.js';
import { failureOf, followSearch } from '../follow.js';
import { LiveView } from '../live.js';
import { downloadModel, writeFiles } from '../model.js';
import { localStateDir } from '../paths.js';
import { roundReports, specOf } from '../report-data.js';
import { searchTable } from '../search-table.js';

interface Output {
  readonly json?: boolean;
}

interface CreateOptions extends Output {
  readonly file?: string;
  readonly preset?: string;
  readonly id?: string;
  readonly seed?: number;
}

/** Commands that talk to the system that `nse up` started. */
export function addSearch(parent: Command, signal: AbortSignal): void {
  const search = parent.command('search').description('create, list, show and watch searches');
  search
    .command('create')
    .description('begin a search; prints its id')
    .option('-f, --file <spec>', 'a search spec in YAML or JSON')
    .option('--preset <name>', 'a preset in place of a file')
    .option('--id <id>', 'the id that the search shall have: then the command may be repeated')
    .option('--seed <number>', "in place of the spec's", wholeNumber('seed'))
    .option('--json', 'as JSON')
    .action((options: CreateOptions) => withSystem((system) => create(system, options)));
  search
    .command('list')
    .description('all searches, oldest first')
    .option('--json', 'as JSON')
    .action((options: Output) => withSystem((system) => list(system, options)));
  search
    .command('get <id>')
    .description('one search as it is now')
    .option('--json', 'as JSON')
    .action((id: string, options: Output) => withSystem((system) => get(system, id, options)));
  search
    .command('watch <id>')
    .description('show a search until it is over')
    .action((id: string) => withSystem((system) => watch(system, id, signal)));
  addResults(parent, signal);
}

function addResults(parent: Command, signal: AbortSignal): void {
  parent
    .command('front <id>')
    .description('the Pareto front of a search')
    .option('--round <number>', 'after that round (default: the last completed)', wholeNumber('round'))
    .option('--json', 'as JSON')
    .action((id: string, options: Output & { readonly round?: number }) =>
      withSystem((system) => front(system, id, options)),
    );
  const model = parent.command('model').description("a search's trained model");
  model
    .command('download <id>')
    .description('architecture.json and model.safetensors of the retrained architecture')
    .option('--out <folder>', 'where to', '.')
    .option('--random', 'the random architecture that it was compared with')
    .action((id: string, options: { readonly out: string; readonly random?: boolean }) =>
      withSystem((system) => download(system, id, options, signal)),
    );
}

async function withSystem(action: (system: System) => Promise<void>): Promise<void> {
  const system = connect(readEndpoints(localStateDir));
  try {
    await action(system);
  } finally {
    system.close();
  }
}

async function create(system: System, { file, preset, id = '', seed, json }: CreateOptions): Promise<void> {
  if ((file === undefined) === (preset === undefined)) {
    throw new NseError('INVALID_ARGUMENT', 'give exactly one of --file and --preset');
  }
  const written = file === undefined ? presetNamed(preset ?? '') : parseText(await readFile(file, 'utf8'));
  // Checked here first: a wrong spec is told without a system at hand, and paths are the caller's, not the service's.
  const spec = withAbsolutePath(parseSpec(written));
  const created = await system.spaceManager.createSearch({
    spec: system.struct(parseSpec(withOverrides(spec as Parameters<typeof withOverrides>[0], { seed }))),
    search: id,
  });
  print(json === true ? asJson(created) : created.id);
}

function withAbsolutePath<T extends { readonly dataset: { readonly path?: string } }>(spec: T): T {
  const { path: given } = spec.dataset;
  return given === undefined ? spec : { ...spec, dataset: { ...spec.dataset, path: path.resolve(given) } };
}

async function list(system: System, { json }: Output): Promise<void> {
  const searches: messages.Search__Output[] = [];
  for (let pageToken = ''; ;) {
    const page = await system.spaceManager.listSearches({ pageToken });
    searches.push(...page.searches);
    pageToken = page.nextPageToken;
    if (pageToken === '') break;
  }
  print(json === true ? asJson(searches) : searchTable(searches));
}

async function get(system: System, id: string, { json }: Output): Promise<void> {
  const search = await system.spaceManager.getSearch({ search: id });
  print(json === true ? asJson(search) : describe(search));
}

function describe(search: messages.Search__Output): string {
  const { chosen, model, randomModel, failure } = search;
  const unit = budgetOf(specOf(search).constraint).unit;
  return [
    searchTable([search]),
    ...(failure === null ? [] : [failureOf(failure).message]),
    ...(chosen === null ? [] : [`chosen: ${chosen.code} at ${costText(chosen.cost, unit)}`]),
    ...(model === null ? [] : [`test accuracy: ${percentText(model.testAccuracy, 2)}`]),
    ...(randomModel === null ? [] : [`a random one's: ${percentText(randomModel.testAccuracy, 2)}`]),
  ].join('\n');
}

async function watch(system: System, id: string, signal: AbortSignal): Promise<void> {
  const view = new LiveView(process.stdout);
  const spec = specOf(await system.spaceManager.getSearch({ search: id }));
  const over = await followSearch(system.spaceManager, id, spec, view, signal);
  view.finish();
  view.print(describe(over));
  if (over.failure !== null) throw failureOf(over.failure);
}

async function front(
  system: System,
  id: string,
  { round = 0, json }: Output & { readonly round?: number },
): Promise<void> {
  if (json === true) {
    print(asJson(await system.spaceManager.getFront({ search: id, round })));
    return;
  }
  const last = await system.spaceManager.getRound({ search: id, round });
  const earlier = await Promise.all(
    Array.from({ length: last.round - 1 }, (_, index) =>
      system.spaceManager.getRound({ search: id, round: index + 1 }),
    ),
  );
  const spec = specOf(await system.spaceManager.getSearch({ search: id }));
  const style: TerminalStyle = new LiveView(process.stdout).style;
  print(frontTable(roundReports([...earlier, last], spec), budgetOf(spec.constraint), style));
}

async function download(
  { retrainer }: System,
  id: string,
  { out, random = false }: { readonly out: string; readonly random?: boolean },
  signal: AbortSignal,
): Promise<void> {
  const paths = await writeFiles(out, await downloadModel(retrainer, id, { random, signal }));
  print(paths.join('\n'));
}

const print = (text: string) => process.stdout.write(`${text}\n`);

const asJson = (value: unknown) => JSON.stringify(value, undefined, 2);
