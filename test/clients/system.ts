import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalRuntime, repositoryRoot } from '@nse/cli';

/** The request of the documentation that creates the tiny search `first`. */
export const tiny = JSON.parse(readFileSync(join(repositoryRoot, 'docs/clients/tiny.json'), 'utf8')) as {
  readonly search: string;
  readonly spec: object;
};

/** The whole system in a folder of its own. */
export async function startSystem(): Promise<{ runtime: LocalRuntime; stop: () => Promise<void> }> {
  const stateDir = mkdtempSync(join(tmpdir(), 'nse-clients-'));
  const runtime = await LocalRuntime.start({ stateDir, root: repositoryRoot });
  const stop = async () => {
    await runtime.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
  return { runtime, stop };
}
