import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

/**
 * The folder of everything fetched or converted: NSE_CACHE, else `nse` in the user's cache folder. As the launcher
 * has it; by the XDG rules a relative XDG_CACHE_HOME counts as unset.
 */
export function defaultCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  if (env.NSE_CACHE) return path.resolve(env.NSE_CACHE);
  const { XDG_CACHE_HOME: base = '' } = env;
  return path.join(path.isAbsolute(base) ? base : path.join(homedir(), '.cache'), 'nse');
}

/**
 * Runs `work` in a folder of its own under `parent` and removes the folder afterwards, also when it fails.
 * Processes that do the same work at once do not meet.
 */
export async function inScratchFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(path.join(parent, '.partial-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes a file whole or not at all: readers never see a part of it, and the last of several writers wins. */
export async function writeWhole(file: string, chunks: readonly Uint8Array[]): Promise<void> {
  await inScratchFolder(path.dirname(file), async (folder) => {
    const partial = path.join(folder, path.basename(file));
    await writeFile(partial, chunks, { flush: true });
    await rename(partial, file);
  });
}
