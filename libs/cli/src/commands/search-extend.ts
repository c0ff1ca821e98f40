import { fromStruct, type messages, toStruct } from '@nse/rpc';
import { NseError } from '@nse/space';
import { parseOperations } from '@nse/spec';
import type { Command } from 'commander';
import { positiveWhole } from '../arguments.js';
import { withExamples } from '../examples.js';
import { readInput } from '../input-file.js';
import { messageJson } from '../message-json.js';
import { operationsText } from '../operations-text.js';
import { standing } from '../search-text.js';
import { hintAfterStop, print, printLine, type Shell } from '../shell.js';
import { type Connected, connected, onSystem } from './options.js';
import { watch } from './search-watch.js';

interface ExtendOptions extends Connected {
  readonly pool?: string;
  readonly file?: string;
  readonly rounds?: number;
  readonly as?: string;
  readonly subsetSize?: number;
  readonly watch?: boolean;
}

export function addExtend(parent: Command, shell: Shell): void {
  const command = parent
    .command('extend <search>')
    .description(
      'let operations join a search: in place while it has rounds to go, else in a new search that goes on from it',
    )
    .option('--pool <name>', 'all operations of this pool that the search lacks')
    .option(
      '-f, --file <operations>',
      'a list of your own operations in YAML or JSON; - reads standard input',
    )
    .option(
      '--rounds <number>',
      'how many rounds are to follow (default: as many as what waits calls for)',
      positiveWhole('rounds'),
    )
    .option('--as <id>', 'the id of the new search, where one is needed (default: ID-2 and so on)')
    .option(
      '--subset-size <K>',
      'K of the new search, where one is needed: room in cells that the old front fills (default: as before)',
      positiveWhole('subset-size'),
    )
    .option('--watch', 'show the search until it is over');
  withExamples(
    connected(command, 'as JSON; with --watch as a line, and every update as another'),
    ['search extend ID --pool mac72', 'from mac27: the 45 others'],
    ['search extend ID -f operations.yaml', 'such as: [{kind: MBConv, kernel: 13, expansion: 1}]'],
    ['search extend ID --pool mac72 --rounds 4 --as ID-larger --watch', 'with the end in sight'],
  ).action((id: string, options: ExtendOptions) => extend(shell, id, options));
}

async function extend(shell: Shell, search: string, options: ExtendOptions): Promise<void> {
  const request = {
    search,
    ...(await wanted(options)),
    rounds: options.rounds ?? 0,
    newSearch: options.as ?? '',
    subsetSize: options.subsetSize ?? 0,
  };
  await onSystem(shell, options, async (system) => {
    const outcome = await system.spaceManager.addOperations(request);
    if (options.watch !== true) {
      print(shell, options, messageJson(outcome), () => outcomeText(search, outcome));
      return;
    }
    if (options.json === true) printLine(shell, messageJson(outcome));
    else print(shell, {}, undefined, () => outcomeText(search, outcome));
    const id = outcome.search?.id ?? search;
    try {
      await watch(shell, system, id, options);
    } finally {
      hintAfterStop(shell, `The search goes on. Watch it again: ./nse search watch ${id}`);
    }
  });
}

/** Checked here first, as a spec is: wrong operations are told without a system at hand. */
async function wanted({
  pool,
  file,
}: ExtendOptions): Promise<Pick<messages.AddOperationsRequest, 'pool' | 'operations'>> {
  if ((pool === undefined) === (file === undefined)) {
    throw new NseError('INVALID_ARGUMENT', 'give exactly one of --pool and --file');
  }
  if (file === undefined) return { pool: pool ?? '' };
  const written = await readInput(file);
  if (!Array.isArray(written) || written.length === 0) {
    throw new NseError('INVALID_ARGUMENT', `${file} holds no list of operations`);
  }
  return { operations: parseOperations(written, 'operations').map(toStruct) };
}

/** What came of it, for people. */
function outcomeText(asked: string, outcome: messages.AddOperationsResponse__Output): string {
  const { search, continued, operations } = outcome;
  const added = operations.filter((operation) => operation.added);
  const known = operations.filter((operation) => !operation.added);
  return [
    ...(continued ? [`${asked} is over and stays as it is: another search goes on from it`] : []),
    ...(search === null ? [] : [standing(search)]),
    ...(added.length === 0 ? ['nothing is new'] : [`new: ${operationsText(added)}`]),
    ...(known.length === 0 ? [] : [`there already: ${operationsText(known)}`]),
    ...(continued ? [roomText(outcome)] : []),
    ...(search?.phase === 'FAILED' || search?.phase === 'PAUSED'
      ? [`This goes on with it: ./nse search resume ${search.id}`]
      : []),
  ].join('\n');
}

/** Whether what waits gets into the first round. */
function roomText({ search, cellsWithRoom }: messages.AddOperationsResponse__Output): string {
  if (cellsWithRoom > 0) return `tried from the first round on in cells that have room: ${cellsWithRoom}`;
  const size = search?.spec ? fromStruct(search.spec)['subsetSize'] : undefined;
  return `no cell has room: the old front fills K = ${String(size)} of each, and what is new waits until a front uses fewer; ask again with a larger --subset-size for a search that has room`;
}
