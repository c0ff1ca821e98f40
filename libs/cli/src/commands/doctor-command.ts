import type { Command } from 'commander';
import { doctor } from '../doctor.js';
import { formatDoctor } from '../doctor-format.js';

export function addDoctor(parent: Command): void {
  parent
    .command('doctor')
    .description('show what was found: versions, backend, threads, GPU, disk, memory')
    .option('--json', 'as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const report = await doctor({ env: process.env });
      process.stdout.write(
        json === true ? `${JSON.stringify(report, undefined, 2)}\n` : `${formatDoctor(report)}\n`,
      );
      if (!report.ok) process.exitCode = 1;
    });
}
