import type { messages } from '@nse/rpc';
import type { Command } from 'commander';
import type { System } from '../connect.js';
import { withExamples } from '../examples.js';
import { messageJson } from '../message-json.js';
import { searchTable } from '../search-table.js';
import { searchText } from '../search-text.js';
import { print, type Shell } from '../shell.js';
import { type Connected, connected, onSystem } from './options.js';
import { addCreate } from './search-create.js';
import { addExtend } from './search-extend.js';
import { addCancel, addDelete, addPause } from './search-lifecycle.js';
import { addResume } from './search-resume.js';
import { addWatch } from './search-watch.js';

/** `nse search`: everything about a search but its results. */
export function addSearch(parent: Command, shell: Shell): void {
  const search = withExamples(
    parent
      .command('search')
      .description('create, list, watch, pause, resume, extend, cancel and delete searches'),
    ['search create --preset fashion-mnist', 'begins a search and prints its id'],
    ['search watch ID', 'shows it until it is over'],
  );
  addCreate(search, shell);
  addList(search, shell);
  addGet(search, shell);
  addWatch(search, shell);
  addPause(search, shell);
  addResume(search, shell);
  addExtend(search, shell);
  addCancel(search, shell);
  addDelete(search, shell);
}

function addList(parent: Command, shell: Shell): void {
  const command = connected(parent.command('list').description('all searches, oldest first'));
  withExamples(
    command,
    ['search list', 'a line each'],
    ["search list --json | jq -r '.[].id'", 'their ids'],
  ).action((options: Connected) =>
    onSystem(shell, options, async (system) => {
      const searches = await all(system);
      print(shell, options, messageJson(searches), () => searchTable(searches));
    }),
  );
}

async function all({ spaceManager }: System): Promise<messages.Search__Output[]> {
  const searches: messages.Search__Output[] = [];
  for (let pageToken = ''; ;) {
    const page = await spaceManager.listSearches({ pageToken });
    searches.push(...page.searches);
    pageToken = page.nextPageToken;
    if (pageToken === '') return searches;
  }
}

function addGet(parent: Command, shell: Shell): void {
  const command = connected(parent.command('get <search>').description('one search as it is now'));
  withExamples(
    command,
    ['search get ID', 'where it stands, what it has come to'],
    ['search get ID --json | jq .spec', 'its spec with every default'],
  ).action((id: string, options: Connected) =>
    onSystem(shell, options, async ({ spaceManager }) => {
      const search = await spaceManager.getSearch({ search: id });
      print(shell, options, messageJson(search), () => searchText(search));
    }),
  );
}
