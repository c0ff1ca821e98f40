import { PassThrough } from 'node:stream';
import { execute } from '../program.js';

/** What one command line came to. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a test says of the terminal that the command has. */
export interface Setting {
  readonly signal?: AbortSignal;
  readonly env?: Readonly<NodeJS.ProcessEnv>;
  /** Called with all that has been written to standard output so far. */
  readonly onOutput?: (text: string) => void;
}

/** Runs a command line, `nse` left out, in this process, with pipes in place of a terminal. */
export async function nse(args: readonly string[], setting: Setting = {}): Promise<Outcome> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const text = { stdout: '', stderr: '' };
  stdout.on('data', (chunk: Buffer) => {
    text.stdout += chunk.toString();
    setting.onOutput?.(text.stdout);
  });
  stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString()));
  const { signal = new AbortController().signal, env = {} } = setting;
  const code = await execute(['node', 'nse', ...args], { signal, stdout, stderr, env });
  return { code, ...text };
}

/** Every line of a text as JSON. */
export const jsonLines = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
