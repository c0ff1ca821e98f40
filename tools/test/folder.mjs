import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * @param {import('node:test').TestContext} context
 * @returns {string} an empty folder that goes when the test ends
 */
export function emptyFolder(context) {
  const folder = mkdtempSync(path.join(tmpdir(), 'nse-tools-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
