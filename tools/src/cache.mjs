import { Buffer } from 'node:buffer';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

const UNFINISHED = 'unfinished-';

/**
 * @param {string} cache
 * @param {string} name
 * @param {string[]} files
 * @returns {boolean} whether `cache/name` is there with these files
 */
export function placed(cache, name, files) {
  return files.every((file) => existsSync(path.join(cache, name, file)));
}

/**
 * Fills `cache/name` all at once: `fill` writes into a folder beside it, which gets its name only when done. So a folder
 * with its final name was whole once, wherever an earlier set-up was stopped; one that lost files since is replaced.
 *
 * @param {string} cache
 * @param {string} name
 * @param {string[]} files what must be in it at the least
 * @param {(folder: string) => Promise<void>} fill
 */
export async function place(cache, name, files, fill) {
  if (placed(cache, name, files)) return;
  const target = path.join(cache, name);
  const unfinished = path.join(cache, `${UNFINISHED}${randomBytes(6).toString('hex')}`);
  mkdirSync(unfinished, { recursive: true });
  try {
    await fill(unfinished);
    rmSync(target, { recursive: true, force: true });
    renameSync(unfinished, target);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/**
 * Removes what a killed set-up left behind. Only for the holder of the cache's lock.
 *
 * @param {string} cache
 */
export function removeUnfinished(cache) {
  for (const name of readdirSync(cache)) {
    if (name.startsWith(UNFINISHED)) rmSync(path.join(cache, name), { recursive: true, force: true });
  }
}

/**
 * A short name for a list of inputs: changes when any of them changes.
 *
 * @param {(string | Buffer)[]} inputs
 * @returns {string} 16 hexadecimal digits
 */
export function fingerprint(inputs) {
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(`${Buffer.byteLength(input)}:`).update(input);
  return hash.digest('hex').slice(0, 16);
}
