import { NseError } from '@nse/space';
import type { Command } from 'commander';
import { doctor } from '../doctor.js';
import { formatDoctor } from '../doctor-format.js';
import { withExamples } from '../examples.js';
import { INCOMPLETE } from '../failure.js';
import { type Output, print, type Shell } from '../shell.js';
import { withJson } from './options.js';

export function addDoctor(parent: Command, shell: Shell): void {
  const command = parent
    .command('doctor')
    .description('show what was found: versions, backend, threads, GPU, disk, memory');
  withExamples(
    withJson(command),
    ['doctor', 'exit code 1 where something is missing that nse needs'],
    ['doctor --json | jq .backend', 'for programs'],
  ).action(async (options: Output) => {
    const report = await doctor({ env: shell.env });
    print(shell, options, report, () => formatDoctor(report));
    if (!report.ok) {
      throw new NseError('FAILED_PRECONDITION', 'something is missing that nse needs', {
        reason: INCOMPLETE,
      });
    }
  });
}
