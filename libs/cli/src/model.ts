import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@nse/rpc';
import { NseError } from '@nse/space';

const fileNames = ['architecture.json', 'model.safetensors'];

/** Downloads the retrained model's files; by name. Raises NOT_FOUND before the training is done. */
export async function downloadModel(
  client: Client<'Retrainer'>,
  search: string,
  options: { readonly random?: boolean; readonly signal?: AbortSignal } = {},
): Promise<Map<string, Buffer>> {
  const { random = false, signal } = options;
  const role = random ? 'RANDOM' : 'CHOSEN';
  const files = new Map<string, Buffer[]>();
  let chunks: Buffer[] = [];
  for await (const { file, chunk } of client.downloadModel({ search, role }, signal ? { signal } : {})) {
    if (file) {
      if (!fileNames.includes(file.name)) {
        throw new NseError('INTERNAL', `the service sent an unknown file "${file.name}"`);
      }
      chunks = [];
      files.set(file.name, chunks);
    } else if (chunk) {
      chunks.push(Buffer.from(chunk));
    }
  }
  return new Map([...files].map(([name, parts]) => [name, Buffer.concat(parts)]));
}

/** Writes the files into a folder, created where missing; gives their paths. */
export async function writeFiles(
  folder: string,
  files: ReadonlyMap<string, Uint8Array | string>,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  return await Promise.all(
    [...files].map(async ([name, content]) => {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    }),
  );
}
