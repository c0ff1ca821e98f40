import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A Python that the set-up made, or why it could not. */
interface Runtime {
  readonly program?: string;
  readonly missing?: string;
}

type Name = 'litert' | 'pytorch';

const runtimes = JSON.parse(process.env['NSE_TEST_RUNTIMES'] ?? '{}') as Partial<Record<Name, Runtime>>;

/** `describe`, or a skipped one that says what is missing. */
export function describeWith(name: Name, what: string, tests: () => void): void {
  const missing = runtimes[name]?.missing;
  if (missing === undefined) describe(what, tests);
  else describe.skip(`${what} (SKIPPED: ${missing})`, tests);
}

/** Runs a script of this folder with that Python in `folder`; gives what it prints. Throws where it fails. */
export function runPython(name: Name, script: string, folder: string, ...args: readonly string[]): string {
  const program = runtimes[name]?.program ?? '';
  return execFileSync(program, ['-W', 'ignore', join(__dirname, script), ...args], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 180_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** A folder of its own with these files, by their paths in it, gone when the action is over. */
export function withFolder<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  action: (folder: string) => T,
): T {
  const folder = mkdtempSync(join(tmpdir(), 'nse-export-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    return action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The JSON in a file. */
export const jsonIn = (folder: string, name: string): unknown =>
  JSON.parse(readFileSync(join(folder, name), 'utf8'));
