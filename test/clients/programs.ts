import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A client that the set-up built, or why it could not. */
interface Built {
  readonly program?: string;
  readonly missing?: string;
}

type Name = 'grpcurl' | 'nats' | 'python';

const built = JSON.parse(process.env['NSE_TEST_CLIENTS'] ?? '{}') as Partial<Record<Name, Built>>;

/** The path of the client's program; undefined where it could not be had, which the set-up has said. */
export const programs: Readonly<Record<Name, string>> = {
  grpcurl: built.grpcurl?.program ?? '',
  nats: built.nats?.program ?? '',
  python: built.python?.program ?? '',
};

/** `describe`, or a skipped one that says what is missing. */
export function describeWith(name: Name, what: string, tests: () => void): void {
  const missing = built[name]?.missing;
  if (missing === undefined) describe(what, tests);
  else describe.skip(`${what} (SKIPPED: ${missing})`, tests);
}

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program to its end. */
export function output(program: string, args: readonly string[], withinMs = 120_000): Promise<Output> {
  return new Promise((resolve) => {
    const options = { timeout: withinMs, maxBuffer: 64 * 1024 ** 2 };
    execFile(program, args, options, (error, stdout, stderr) => {
      resolve({
        code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1,
        stdout,
        stderr,
      });
    });
  });
}

/** A program that runs while the test goes on. */
export function running(
  program: string,
  args: readonly string[],
): { ended: Promise<Output>; kill: () => void } {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: Number(code ?? -1), ...said }));
  return { ended, kill: () => child.kill('SIGKILL') };
}
