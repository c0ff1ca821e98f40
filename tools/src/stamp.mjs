import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * A stamp says from what something was made: it holds a fingerprint of the inputs, written when the work was done.
 *
 * @param {string} file
 * @param {string} inputs fingerprint of the present inputs
 * @returns {boolean} whether the work was done from these inputs
 */
export function stamped(file, inputs) {
  try {
    return readFileSync(file, 'utf8') === inputs;
  } catch {
    // No stamp yet: the work was never finished.
    return false;
  }
}

/**
 * Writes a stamp, whole or not at all.
 *
 * @param {string} file
 * @param {string} inputs fingerprint of the inputs that were used
 */
export function stamp(file, inputs) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, inputs);
  renameSync(`${file}.new`, file);
}
