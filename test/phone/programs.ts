import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program that the set-up has in the cache, or why it could not. */
interface Had {
  readonly program?: string;
  readonly missing?: string;
}

const had = JSON.parse(process.env['NSE_TEST_PHONE_PROGRAMS'] ?? '{}') as Partial<
  Record<'adb' | 'litert', Had>
>;

/** The serial of a real phone to test with; its adb server is that of ADB_SERVER_SOCKET. */
export const realPhone = process.env['NSE_TEST_PHONE'];

export const programs = { adb: had.adb?.program ?? '', litert: had.litert?.program ?? '' };

/** `describe` of what needs the test device, or a skipped one that says what is missing. */
export function describeWithTestPhone(what: string, tests: () => void): void {
  const missing = [had.adb?.missing, had.litert?.missing].filter((each) => each !== undefined).join('; ');
  if (realPhone !== undefined) describe.skip(`${what} (SKIPPED: faults need the test device)`, tests);
  else if (missing === '') describe(what, tests);
  else describe.skip(`${what} (SKIPPED: ${missing})`, tests);
}

/** `describe` of what a real phone can do too. */
export function describeWithPhone(what: string, tests: () => void): void {
  if (realPhone === undefined) describeWithTestPhone(what, tests);
  else describe(`${what}, on ${realPhone}`, tests);
}

/** The benchmark_model of the environment, or ours: a script that names its own Python, so that it is one file to copy. */
export function benchmarkModel(): string {
  const given = process.env['NSE_BENCHMARK_MODEL'];
  if (realPhone !== undefined && given !== undefined) return given;
  const path = join(mkdtempSync(join(tmpdir(), 'nse-benchmark-model-')), 'benchmark_model');
  writeFileSync(path, `#!${programs.litert}\n${readFileSync(join(__dirname, 'benchmark_model.py'), 'utf8')}`);
  chmodSync(path, 0o755);
  return path;
}
