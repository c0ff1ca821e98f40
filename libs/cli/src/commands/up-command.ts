import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { withExamples } from '../examples.js';
import { withLocalSystem } from '../local/system.js';
import { localStateDir } from '../paths.js';
import { hintAfterStop, type Output, print, type Shell } from '../shell.js';
import { withJson } from './options.js';

interface UpOptions extends Output {
  readonly state?: string;
}

export function addUp(parent: Command, shell: Shell): void {
  const command = parent
    .command('up')
    .description('start NATS and the services on this machine and keep them up')
    .option('--state <folder>', 'where all state lies (default: .nse/local of the checkout)');
  withExamples(
    withJson(command, 'the addresses as JSON, once all is ready'),
    ['up', 'until Ctrl-C; searches under way go on at the next start'],
    ['up --json > endpoints.json &', 'for scripts: the file is complete once all is ready'],
  ).action((options: UpOptions) => {
    shell.requireNoCluster('nse up');
    return up(shell, options);
  });
}

/** Starts NATS and the services and keeps them up until the signal aborts. */
async function up(shell: Shell, options: UpOptions): Promise<void> {
  const { signal, stderr } = shell;
  const stateDir = resolve(options.state ?? localStateDir);
  const onNote = (note: string) => stderr.write(`${note}\n`);
  try {
    await withLocalSystem({ stateDir, onNote, signal }, async (endpoints) => {
      print(shell, options, endpoints, () => {
        const { nats, services } = endpoints;
        const rows = Object.entries({ nats, ...services });
        const lines = rows.map(([name, address]) => `  ${name.padEnd(20)}${address}`);
        return ['NSE is up; Ctrl-C stops it.', ...lines].join('\n');
      });
      if (!signal.aborted) await once(signal, 'abort');
    });
  } finally {
    const again = options.state === undefined ? './nse up' : `./nse up --state ${options.state}`;
    hintAfterStop(shell, `Stopped. Searches under way go on with: ${again}`);
  }
}
