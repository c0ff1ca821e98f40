import type { messages } from '@nse/rpc';
import type { Command } from 'commander';
import { columns } from '../columns.js';
import { withExamples } from '../examples.js';
import { hintAfterStop, print, type Shell } from '../shell.js';
import { followJob } from './device-command-job.js';
import {
  type HowToMeasure,
  measureOptionsOf,
  measuring,
  networkOf,
  type NetworkSource,
  ofNetwork,
} from './device-command-options.js';
import { type Connected, connected, onSystem } from './options.js';

interface MeasureCommand extends Connected, NetworkSource, HowToMeasure {}

export function addMeasure(parent: Command, shell: Shell): void {
  const command = parent
    .command('measure <device> <code...>')
    .description('measure whole architectures, untrained, and wait for it');
  withExamples(
    connected(measuring(ofNetwork(command)), 'every update as a line of JSON; the last one has all'),
    ['device measure host CODE --search ID', 'an architecture of a search'],
    ['device measure host CODE CODE -f spec.yaml', 'two, for the network of a spec'],
    ['device measure pixel CODE --preset cifar10 --threads 4 --pin 4,5,6,7', 'on four cores'],
  ).action(async (device: string, codes: readonly string[], options: MeasureCommand) => {
    const of = await networkOf(options);
    const request = { device, codes: [...codes], options: measureOptionsOf(options), ...of };
    await onSystem(shell, options, async ({ latencyProfiler }) => {
      const begun = await latencyProfiler.measureArchitectures(request);
      const { id } = begun;
      const open = () => latencyProfiler.watchMeasurement({ id }, { signal: shell.signal });
      try {
        const done = await followJob(shell, `measurement ${id}`, begun, open, options.json === true);
        if (options.json !== true) print(shell, options, undefined, () => latenciesText(done));
      } finally {
        hintAfterStop(shell, 'It goes on. The same command shows it again.');
      }
    });
  });
}

function latenciesText({ latencies }: messages.Measurement__Output): string {
  const titles = ['MEDIAN', 'LOW', 'HIGH', 'RUNS', 'ARCHITECTURE'];
  const rows = latencies.map(({ code, medianMs, lowMs, highMs, runs, settled, waits }) => [
    ...[medianMs, lowMs, highMs].map((ms) => `${ms.toFixed(3)} ms`),
    [String(runs), settled ? '' : 'not settled', waits > 0 ? `waited ${waits}x` : '']
      .filter((text) => text !== '')
      .join(', '),
    code,
  ]);
  return columns(titles, rows, titles.slice(0, -1));
}
