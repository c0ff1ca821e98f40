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
  const { fitted, judged, within5, within10, kendall, spearman, worstError, worstCode } = trust;
  return [
    `Measured on ${device}: ${fitted + judged} random architectures, each as a whole.`,
    `Corrected by ${fitted} of them: ${correctionText(trust, unit)}`,
    `Of the other ${judged}, which the correction does not know:`,
    `  within  5 %        ${percentText(within5, 1)}`,
    `  within 10 %        ${percentText(within10, 1)}`,
    `  rank correlation   ${numberText(spearman)} (Spearman), ${numberText(kendall)} (Kendall)`,
    `  farthest off       ${worstError < 0 ? '' : '+'}${percentText(worstError, 1)}, ${worstCode}`,
  ].join('\n');
}

function correctionText(trust: messages.TableTrust__Output, unit: string): string {
  const { scale, additionMs, biasMs, factors, leastFactor, largestFactor } = trust;
  const each = `, the times of ${factors} operations by ${leastFactor.toFixed(2)} to ${largestFactor.toFixed(2)} each`;
  const additions = additionMs === 0 ? '' : ` + ${additionMs.toFixed(4)} ${unit} an addition`;
  const bias = `${biasMs < 0 ? '-' : '+'} ${Math.abs(biasMs).toFixed(4)} ${unit}`;
  return `${scale.toFixed(4)} x sum${additions} ${bias}${factors === 0 ? '' : each}`;
}

const numberText = (value: number | undefined) => (value === undefined ? '-' : value.toFixed(3));
