import type { messages } from '@nse/rpc';
import type { Command } from 'commander';
import { withExamples } from '../examples.js';
import { messageJson } from '../message-json.js';
import { hintAfterStop, print, type Shell } from '../shell.js';
import { followJob, isJobOver, jobText } from './device-command-job.js';
import {
  type HowToMeasure,
  measureOptionsOf,
  measuring,
  networkOf,
  type NetworkSource,
  ofNetwork,
} from './device-command-options.js';
import { type Connected, connected, onSystem } from './options.js';
import { trustText } from './table-command-trust.js';

interface BuildCommand extends Connected, NetworkSource, HowToMeasure {
  readonly device: string;
  readonly wait?: boolean;
}

export function addBuild(parent: Command, shell: Shell): void {
  const command = parent
    .command('build <name>')
    .description('measure a table of a device; the same again goes on with it')
    .requiredOption('--device <id>', 'what to measure on: nse device list shows all')
    .option('--wait', 'show how far it is, until it is done');
  withExamples(
    connected(measuring(ofNetwork(command)), 'as JSON; with --wait every update, a line each'),
    ['table build mine --device host -f spec.yaml --wait', 'of this machine'],
    ['table build pixel --device ID --preset imagenet-330m --threads 4', 'of a phone; returns at once'],
  ).action(async (name: string, options: BuildCommand) => {
    const { device } = options;
    const request = { name, device, options: measureOptionsOf(options), ...(await networkOf(options)) };
    await onSystem(shell, options, async ({ latencyProfiler }) => {
      const begun = await latencyProfiler.buildTable(request);
      if (options.wait !== true) {
        print(shell, options, messageJson(begun), () => buildText(begun));
        return;
      }
      const open = () => latencyProfiler.watchTableBuild({ name }, { signal: shell.signal });
      try {
        const done = await followJob(shell, `table ${name}`, begun, open, options.json === true);
        if (options.json !== true) print(shell, options, undefined, () => builtText(done));
      } finally {
        hintAfterStop(shell, `It goes on. This ends it: ./nse table cancel ${name}`);
      }
    });
  });
}

export function addCancel(parent: Command, shell: Shell): void {
  const command = parent
    .command('cancel <name>')
    .description('end the build of a table; what was measured is kept for the next');
  withExamples(connected(command), ['table cancel mine', 'searches that wait for it fail']).action(
    (name: string, options: Connected) =>
      onSystem(shell, options, async ({ latencyProfiler }) => {
        const build = await latencyProfiler.cancelTableBuild({ name });
        print(shell, options, messageJson(build), () => buildText(build));
      }),
  );
}

export function addStatus(parent: Command, shell: Shell): void {
  const command = parent.command('status <name>').description('how far the build of a table is');
  withExamples(connected(command), ['table status mine', 'done, in all, and the time left']).action(
    (name: string, options: Connected) =>
      onSystem(shell, options, async ({ latencyProfiler }) => {
        const build = await latencyProfiler.getTableBuild({ name });
        print(shell, options, messageJson(build), () => buildText(build));
      }),
  );
}

function buildText(build: messages.TableBuild__Output): string {
  const { name, job } = build;
  if (job === null) return name;
  if (isJobOver(job) && build.table !== null) return builtText(build);
  return `table ${name} of ${job.device}: ${jobText(job)}`;
}

function builtText({ name, table }: messages.TableBuild__Output): string {
  if (table === null) return `table ${name} is built`;
  return `table ${name} is built: ${table.entries} entries\n${trustText(table)}`;
}
