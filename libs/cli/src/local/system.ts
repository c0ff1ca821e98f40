import { rm, writeFile } from 'node:fs/promises';
import { endpointsFile } from '../endpoints.js';
import { repositoryRoot } from '../paths.js';
import { type Endpoints, LocalRuntime } from './runtime.js';

/** Where a local system keeps its state, and what to do with what it has to say. */
export interface LocalSystemOptions {
  readonly stateDir: string;
  readonly onNote: (note: string) => void;
  /** See `LocalOptions`. */
  readonly tasksAtOnce?: number;
  readonly signal: AbortSignal;
}

/**
 * Runs the whole system on this machine for as long as the action takes; its addresses lie in the state folder meanwhile, for
 * other commands. Raises what `LocalRuntime.start` does.
 */
export async function withLocalSystem<T>(
  { stateDir, ...options }: LocalSystemOptions,
  action: (endpoints: Endpoints) => Promise<T>,
): Promise<T> {
  const runtime = await LocalRuntime.start({ stateDir, root: repositoryRoot, ...options });
  const file = endpointsFile(stateDir);
  try {
    await writeFile(file, `${JSON.stringify(runtime.endpoints, undefined, 2)}\n`);
    return await action(runtime.endpoints);
  } finally {
    await rm(file, { force: true });
    await runtime.stop();
  }
}
