import { frontTable, terminalStyle } from '@nse/report';
import { unitOf } from '@nse/spec';
import type { Command } from 'commander';
import { withExamples } from '../examples.js';
import { historyTable } from '../history-table.js';
import { messageJson } from '../message-json.js';
import { roundReports, specOf } from '../report-data.js';
import { print, type Shell } from '../shell.js';
import { spaceMap } from '../space-map.js';
import { type Connected, connected, ofRound, onSystem } from './options.js';

interface RoundOptions extends Connected {
  readonly round?: number;
}

export function addFront(parent: Command, shell: Shell): void {
  const command = ofRound(parent.command('front <search>').description('the Pareto front of a search'));
  withExamples(
    connected(command),
    ['front ID', 'cost, accuracy and code of each architecture'],
    ["front ID --json | jq -r '.front[-1].code'", 'the most accurate one'],
  ).action((id: string, options: RoundOptions) => front(shell, id, options));
}

async function front(shell: Shell, search: string, options: RoundOptions): Promise<void> {
  const { round = 0, json } = options;
  await onSystem(shell, options, async ({ spaceManager }) => {
    const now = await spaceManager.getFront({ search, round });
    if (json === true) {
      print(shell, options, messageJson(now), () => '');
      return;
    }
    const spec = specOf(await spaceManager.getSearch({ search }));
    const { rounds } = await spaceManager.listRounds({ search });
    const before = rounds.filter((one) => one.round <= now.round);
    const style = terminalStyle(shell.stdout, shell.env);
    print(shell, options, undefined, () =>
      frontTable(roundReports(before, spec), { unit: unitOf(spec.constraint) }, style),
    );
  });
}

export function addSpace(parent: Command, shell: Shell): void {
  const command = ofRound(
    parent
      .command('space <search>')
      .description('which operations each cell keeps, has dropped, has not tried yet'),
  );
  withExamples(
    connected(command),
    ['space ID', 'after the last round'],
    ['space ID --round 1', 'after the first'],
    ["space ID --json | jq '.cells[].kept'", 'for programs'],
  ).action((search: string, options: RoundOptions) =>
    onSystem(shell, options, async ({ spaceManager }) => {
      const space = await spaceManager.getSpace({ search, round: options.round ?? 0 });
      print(shell, options, messageJson(space), () =>
        spaceMap(space, terminalStyle(shell.stdout, shell.env)),
      );
    }),
  );
}

export function addHistory(parent: Command, shell: Shell): void {
  const command = parent
    .command('history <search>')
    .description('the completed rounds of a search, a line each');
  withExamples(
    connected(command),
    ['history ID', "each front's best, operations tried, kept, dropped, seconds"],
    ["history ID --json | jq '.[].bestAccuracy'", 'for programs'],
  ).action((search: string, options: Connected) =>
    onSystem(shell, options, async ({ spaceManager }) => {
      const { rounds } = await spaceManager.listRounds({ search });
      const spec = specOf(await spaceManager.getSearch({ search }));
      const unit = unitOf(spec.constraint);
      print(shell, options, messageJson(rounds), () => historyTable(rounds, unit));
    }),
  );
}
