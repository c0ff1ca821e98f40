import { percentText } from '@nse/report';
import type { messages } from '@nse/rpc';
import { NseError } from '@nse/space';
import type { Command } from 'commander';
import { withExamples } from '../examples.js';
import { messageJson } from '../message-json.js';
import { print, type Shell } from '../shell.js';
import { type Connected, connected, onSystem } from './options.js';

export function addTrust(parent: Command, shell: Shell): void {
  const command = parent.command('trust <name>').description('how far a table can be trusted');
  withExamples(
    connected(command),
    ['table trust mine', 'what it predicts beside what was measured'],
    ['table trust mine --json | jq .within10', 'share of predictions within 10 %'],
  ).action((name: string, options: Connected) =>
    onSystem(shell, options, async ({ latencyProfiler }) => {
      const { table } = await latencyProfiler.getTable({ name });
      if (table === null || table.trust === null) {
        const message = `nobody has measured how far table "${name}" can be trusted: it was not built here`;
        throw new NseError('FAILED_PRECONDITION', message, { field: 'name' });
      }
      print(shell, options, messageJson(table.trust), () => trustText(table));
    }),
  );
}

/** What was found out of a table, in words. */
export function trustText({ device, trust, unit }: messages.Table__Output): string {
  if (trust === null) return '';
  const { fitted, judged, within5, within10, kendall, spearman, worstError, worstCode, scale, biasMs } =
    trust;
  const sign = (value: number, text: string) => (value < 0 ? `- ${text}` : `+ ${text}`);
  return [
    `Measured on ${device}: ${fitted + judged} random architectures, each as a whole.`,
    `Corrected by ${fitted} of them: ${scale.toFixed(4)} x sum ${sign(biasMs, `${Math.abs(biasMs).toFixed(4)} ${unit}`)}`,
    `Of the other ${judged}, which the correction does not know:`,
    `  within  5 %        ${percentText(within5, 1)}`,
    `  within 10 %        ${percentText(within10, 1)}`,
    `  rank correlation   ${numberText(spearman)} (Spearman), ${numberText(kendall)} (Kendall)`,
    `  farthest off       ${worstError < 0 ? '' : '+'}${percentText(worstError, 1)}, ${worstCode}`,
  ].join('\n');
}

const numberText = (value: number | undefined) => (value === undefined ? '-' : value.toFixed(3));
