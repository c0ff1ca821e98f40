import { readFile, writeFile } from 'node:fs/promises';
import { readSafetensors, type StoredTensor, writeSafetensors } from '@nse/safetensors';
import { type BenchCase } from './case.js';

/** Where the tensors of the case at `path` lie. */
const tensorsPath = (path: string): string => path.replace(/\.json$/, '.safetensors');

/** Writes a case for every contestant to read: `path` (.json) and a safetensors file beside it. */
export async function writeCase(
  path: string,
  benchCase: BenchCase,
  tensors: ReadonlyMap<string, StoredTensor>,
): Promise<void> {
  await writeFile(path, JSON.stringify(benchCase));
  await writeFile(tensorsPath(path), writeSafetensors(tensors));
}

/** What a contestant starts from. */
export interface ReadCase {
  readonly benchCase: BenchCase;
  /** The safetensors file: our own weights and, beside them, the images. */
  readonly file: Uint8Array;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** Reads what `writeCase` wrote. */
export async function readCase(path: string): Promise<ReadCase> {
  const benchCase = JSON.parse(await readFile(path, 'utf8')) as BenchCase;
  const file = await readFile(tensorsPath(path));
  return { benchCase, file, tensors: readSafetensors(file).tensors };
}
