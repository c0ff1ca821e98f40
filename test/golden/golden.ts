import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/**
 * The folder of golden data: `GOLDEN_DIR`, by default the one beside the repository. Relative paths start at
 * its root.
 */
export const goldenDir = resolve(ROOT, process.env['GOLDEN_DIR'] ?? '../shared/data/golden');

/** Where that golden file lies. */
export const goldenPath = (file: string): string => join(goldenDir, file);

/**
 * Reads `<name>.json` of the golden folder; the caller knows its shape from the golden README. Throws when
 * the file is missing or of another format, so that a wrong folder never passes for a checked one.
 */
export function readGolden(name: string): unknown {
  const path = goldenPath(`${name}.json`);
  const content = JSON.parse(readFileSync(path, 'utf8')) as { readonly format?: string };
  const format = `nse-golden/${name}/1`;
  if (content.format !== format)
    throw new Error(`${path} is of format ${content.format ?? 'none'}, not ${format}`);
  return content;
}

/** The published table of GPU latencies, which the latency figures of `costs` were summed from. */
export function readLatencyTable(): unknown {
  return JSON.parse(readFileSync(resolve(ROOT, '../shared/data/nse-gpu-lut.json'), 'utf8'));
}
