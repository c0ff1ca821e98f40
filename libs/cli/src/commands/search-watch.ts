import type { messages } from '@nse/rpc';
import type { Command } from 'commander';
import type { System } from '../connect.js';
import { withExamples } from '../examples.js';
import { failureOf, followSearch, searchUpdates } from '../follow.js';
import { LiveView } from '../live.js';
import { messageJson } from '../message-json.js';
import { specOf } from '../report-data.js';
import { searchText } from '../search-text.js';
import { hintAfterStop, type Output, printLine, type Shell } from '../shell.js';
import { type Connected, connected, onSystem } from './options.js';

export function addWatch(parent: Command, shell: Shell): void {
  const command = parent.command('watch <search>').description('show a search until it is over');
  withExamples(
    connected(command, 'every update as a line of JSON: {"search"}, {"round"} or {"progress"}'),
    ['search watch ID', 'exit code 5 where it fails or is cancelled'],
    ["search watch ID --json | jq '.round.bestAccuracy // empty'", 'round by round'],
  ).action((id: string, options: Connected) =>
    onSystem(shell, options, async (system) => {
      try {
        await watch(shell, system, id, options);
      } finally {
        hintAfterStop(shell, `The search goes on. Watch it again: ./nse search watch ${id}`);
      }
    }),
  );
}

/** Shows a search to its end. Raises what `failureOf` tells of one that has not succeeded. */
export async function watch(shell: Shell, system: System, id: string, output: Output): Promise<void> {
  const over = output.json === true ? await asJson(shell, system, id) : await live(shell, system, id);
  const failure = failureOf(over);
  if (failure) throw failure;
}

async function live(shell: Shell, { spaceManager }: System, id: string): Promise<messages.Search__Output> {
  const view = new LiveView(shell.stdout);
  const spec = specOf(await spaceManager.getSearch({ search: id }));
  const over = await followSearch(spaceManager, id, spec, view, shell.signal);
  view.finish();
  view.print(searchText(over));
  return over;
}

async function asJson(shell: Shell, { spaceManager }: System, id: string): Promise<messages.Search__Output> {
  let last = await spaceManager.getSearch({ search: id });
  for await (const { search, round, progress } of searchUpdates(spaceManager, id, shell.signal)) {
    if (search) last = search;
    const told = search ? { search } : round ? { round } : { progress };
    printLine(shell, messageJson(told));
  }
  return last;
}
