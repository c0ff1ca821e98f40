import { mkdir, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import type { Command } from 'commander';
import { endpointsFile } from '../endpoints.js';
import { LocalRuntime } from '../local/runtime.js';
import { localStateDir, repositoryRoot } from '../paths.js';

/** Starts NATS and the services and keeps them up until the signal aborts. */
export async function up(signal: AbortSignal): Promise<void> {
  await mkdir(localStateDir, { recursive: true });
  const runtime = await LocalRuntime.start({
    stateDir: localStateDir,
    root: repositoryRoot,
    onNote: (note) => process.stderr.write(`${note}\n`),
  });
  const { nats, services } = runtime.endpoints;
  try {
    await writeFile(endpointsFile(localStateDir), `${JSON.stringify(runtime.endpoints, undefined, 2)}\n`);
    const rows = Object.entries({ nats, ...services }).map(
      ([name, address]) => `  ${name.padEnd(20)}${address}`,
    );
    process.stdout.write(`NSE is up; Ctrl-C stops it.\n${rows.join('\n')}\n`);
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    await rm(endpointsFile(localStateDir), { force: true });
    await runtime.stop();
  }
}

export function addUp(parent: Command, signal: AbortSignal): void {
  parent
    .command('up')
    .description('start NATS and the services on this machine and keep them up')
    .action(() => up(signal));
}
