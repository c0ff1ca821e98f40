import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { messages } from '@nse/rpc';
import { NseError } from '@nse/space';
import type { Command } from 'commander';
import { connect, type System } from '../connect.js';
import { endpointsFile, namedEndpoints } from '../endpoints.js';
import { withExamples } from '../examples.js';
import { IN_USE } from '../local/folder-lock.js';
import { withLocalSystem } from '../local/system.js';
import { messageJson } from '../message-json.js';
import { localStateDir } from '../paths.js';
import { standing } from '../search-text.js';
import { hintAfterStop, print, type Shell } from '../shell.js';
import { resumeDemo } from './demo.js';
import { type Connected, connected, onSystem } from './options.js';
import { watch } from './search-watch.js';

interface ResumeOptions extends Connected {
  readonly state?: string;
  readonly out?: string;
}

export function addResume(parent: Command, shell: Shell): void {
  const command = parent
    .command('resume [search]')
    .description(
      'go on with a search that is paused, failed or was stopped; where no system runs, starts one until the search is over',
    )
    .option('--out <folder>', 'go on with the demo whose results go there')
    .option('--state <folder>', 'where ./nse up --state keeps its state, where no system runs');
  withExamples(
    connected(command, 'as JSON; where this starts the system, every update as a line'),
    ['search resume ID', 'from its last checkpoint'],
    ['search resume --out runs/b', 'a demo that was stopped, to its report'],
  ).action((id: string | undefined, options: ResumeOptions) => resume(shell, id, options));
}

async function resume(shell: Shell, id: string | undefined, options: ResumeOptions): Promise<void> {
  if (options.out !== undefined || options.state !== undefined) {
    shell.requireNoCluster(`nse search resume ${options.out === undefined ? '--state' : '--out'}`);
  }
  if (options.out !== undefined) {
    await resumeDemo(shell, resolve(options.out), id, options);
    return;
  }
  if (id === undefined) throw new NseError('INVALID_ARGUMENT', 'give the id of a search, or --out');
  const elsewhere = shell.cluster(options.endpoints) ?? namedEndpoints(options.endpoints, shell.env);
  if (elsewhere !== undefined) {
    await onSystem(shell, options, (system) => resumeThere(shell, system, id, options));
    return;
  }
  const stateDir = resolve(options.state ?? localStateDir);
  try {
    await resumeHere(shell, stateDir, id, options);
  } catch (error) {
    if (!(error instanceof NseError) || error.reason !== IN_USE) throw error;
    // The system runs already.
    const there = { ...options, endpoints: endpointsFile(stateDir) };
    await onSystem(shell, there, (system) => resumeThere(shell, system, id, options));
  }
}

/** On a system that runs: it does the work, this only tells it. */
async function resumeThere(shell: Shell, system: System, id: string, options: Connected): Promise<void> {
  const before = await system.spaceManager.getSearch({ search: id });
  const now = await resumed(system, before);
  print(shell, options, messageJson(now), () =>
    isUnderWay(before) ? `${standing(now)} already` : standing(now),
  );
}

/** Starts a system, follows the search on it to the end, and stops it. */
async function resumeHere(shell: Shell, stateDir: string, id: string, options: ResumeOptions): Promise<void> {
  const { signal, stdout, stderr } = shell;
  if (!existsSync(join(stateDir, 'jetstream'))) {
    throw new NseError('NOT_FOUND', `there is no search in ${stateDir}`);
  }
  const notes = options.json === true ? stderr : stdout;
  const onNote = (note: string) => notes.write(`${note}\n`);
  try {
    await withLocalSystem({ stateDir, onNote, signal }, async (endpoints) => {
      const system = connect(endpoints);
      try {
        const search = await resumed(system, await system.spaceManager.getSearch({ search: id }));
        onNote(standing(search));
        await watch(shell, system, id, options);
      } finally {
        system.close();
      }
    });
  } finally {
    hintAfterStop(shell, `Stopped. This goes on with it: ./nse search resume ${id}${stateOption(options)}`);
  }
}

const stateOption = ({ state }: ResumeOptions) => (state === undefined ? '' : ` --state ${state}`);

/** The search, under way. Raises FAILED_PRECONDITION for one that has succeeded or was cancelled. */
async function resumed(
  { spaceManager }: System,
  search: messages.Search__Output,
): Promise<messages.Search__Output> {
  return isUnderWay(search) ? search : await spaceManager.resumeSearch({ search: search.id });
}

const isUnderWay = ({ phase }: messages.Search__Output) => phase === 'RUNNING' || phase === 'RETRAINING';
