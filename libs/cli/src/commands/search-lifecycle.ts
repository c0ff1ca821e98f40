import type { messages } from '@nse/rpc';
import type { Command } from 'commander';
import type { System } from '../connect.js';
import { withExamples } from '../examples.js';
import { messageJson } from '../message-json.js';
import { standing } from '../search-text.js';
import { print, type Shell } from '../shell.js';
import { type Connected, connected, onSystem } from './options.js';

export function addPause(parent: Command, shell: Shell): void {
  const command = parent
    .command('pause <search>')
    .description('stop the work on a search until it is resumed; nothing done is lost');
  changing(command, shell, ['search pause ID', 'frees the machine'], ({ spaceManager }, search) =>
    spaceManager.pauseSearch({ search }),
  );
}

export function addCancel(parent: Command, shell: Shell): void {
  const command = parent
    .command('cancel <search>')
    .description('end a search for good; its completed rounds stay');
  changing(command, shell, ['search cancel ID', 'stops it; front and history stay'], (system, search) =>
    system.spaceManager.cancelSearch({ search }),
  );
}

/** A command that changes a search's phase and tells the search as it is then. */
function changing(
  command: Command,
  shell: Shell,
  example: readonly [string, string],
  change: (system: System, search: string) => Promise<messages.Search__Output>,
): void {
  withExamples(connected(command), example).action((id: string, options: Connected) =>
    onSystem(shell, options, async (system) => {
      const search = await change(system, id);
      print(shell, options, messageJson(search), () => standing(search));
    }),
  );
}

export function addDelete(parent: Command, shell: Shell): void {
  const command = parent
    .command('delete <search>')
    .description('remove a search that is over, with its rounds, models and events');
  withExamples(connected(command), ['search delete ID', 'for good; cancel a running one first']).action(
    (id: string, options: Connected) =>
      onSystem(shell, options, async ({ spaceManager }) => {
        await spaceManager.deleteSearch({ search: id });
        print(shell, options, { search: id }, () => `${id} is deleted`);
      }),
  );
}
