import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallOptions, Client, messages } from '@nse/rpc';
import { NseError } from '@nse/space';

const fileNames = ['architecture.json', 'model.safetensors'];

/** The chosen architecture's model, unless it says otherwise. */
export interface WhichModel {
  /** The random architecture's. */
  readonly random?: boolean;
  /** The id of a retraining that was asked for. */
  readonly retraining?: string;
}

/**
 * Downloads the retrained model's files; by name. Raises NOT_FOUND before the training is done, ABORTED where a file is not
 * what its checksum says.
 */
export async function downloadModel(
  client: Client<'Retrainer'>,
  search: string,
  { random = false, retraining = '', ...options }: CallOptions & WhichModel = {},
): Promise<Map<string, Buffer>> {
  const role = random ? 'RANDOM' : 'CHOSEN';
  const parts: { readonly file: messages.ModelFile__Output; readonly chunks: Buffer[] }[] = [];
  for await (const { file, chunk } of client.downloadModel({ search, role, retraining }, options)) {
    if (file) parts.push({ file, chunks: [] });
    else if (chunk) parts.at(-1)?.chunks.push(Buffer.from(chunk));
  }
  return new Map(parts.map(({ file, chunks }) => [file.name, checked(file, Buffer.concat(chunks))]));
}

function checked({ name, sha256 }: messages.ModelFile__Output, content: Buffer): Buffer {
  if (!fileNames.includes(name)) throw new NseError('INTERNAL', `the service sent an unknown file "${name}"`);
  if (createHash('sha256').update(content).digest('hex') === sha256) return content;
  throw new NseError('ABORTED', `${name} was damaged on its way; download it again`);
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
