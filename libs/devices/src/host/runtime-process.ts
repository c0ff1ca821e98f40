import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { NseError } from '@nse/space';
import { stopped } from '../clock.js';
import { coreList } from '../cores.js';
import type { Reply, Request } from './protocol.js';

/** The same file from `src`, where tests run us, and from `dist`. */
const program = join(__dirname, '../../dist/host/runtime.js');
const keptChars = 4_000;

/** The process that holds the runtime, on the cores given. One request at a time. */
export class RuntimeProcess {
  private lastWords = '';

  private constructor(private readonly child: ChildProcess) {
    child.stderr?.on('data', (chunk: Buffer) => {
      this.lastWords = (this.lastWords + chunk.toString()).slice(-keptChars);
    });
    // `ask` looks for both itself; between two requests nobody else would.
    child.on('error', () => undefined);
  }

  static start(pinned: readonly number[]): RuntimeProcess {
    const node = [process.execPath, program] as const;
    const [command, ...args] = pinned.length === 0 ? node : ['taskset', '-c', coreList(pinned), ...node];
    return new RuntimeProcess(
      spawn(command, args, {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        serialization: 'advanced',
        env: environment(),
        // A session of its own, as the system shares cores between sessions first.
        detached: true,
      }),
    );
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /**
   * Raises ABORTED as soon as the signal aborts, and UNAVAILABLE, retryable, where the process ends or does not answer within
   * the limit. It is killed in each case.
   */
  async ask(request: Request, limitMs: number, signal: AbortSignal): Promise<Reply> {
    const { child } = this;
    return await new Promise<Reply>((resolve, reject) => {
      const over = (settle: () => void) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        child.off('message', onMessage).off('close', onClose).off('error', onError);
        settle();
      };
      const fail = (error: NseError) =>
        over(() => {
          child.kill('SIGKILL');
          reject(error);
        });
      const onMessage = (reply: Reply) => over(() => resolve(reply));
      const onAbort = () => fail(stopped(signal));
      const onClose = () => fail(this.ended());
      const onError = (cause: Error) =>
        fail(
          new NseError('UNAVAILABLE', `the runtime's process does not start: ${cause.message}`, { cause }),
        );
      const timer = setTimeout(
        () => fail(new NseError('UNAVAILABLE', `the runtime does not answer within ${limitMs / 1_000} s`)),
        limitMs,
      );
      signal.addEventListener('abort', onAbort, { once: true });
      child.on('message', onMessage).on('close', onClose).on('error', onError);
      if (signal.aborted) onAbort();
      else if (hasEnded(child)) onClose();
      else child.send(request, (error) => (error === null ? undefined : onClose()));
    });
  }

  /** Returns once it is gone. */
  async stop(): Promise<void> {
    const { child } = this;
    if (hasEnded(child) || child.pid === undefined) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  private ended(): NseError {
    const { exitCode, signalCode } = this.child;
    const how = signalCode === null ? `with exit code ${exitCode ?? 'unknown'}` : `by signal ${signalCode}`;
    const words = this.lastWords.trim();
    return new NseError(
      'UNAVAILABLE',
      `the runtime's process ended ${how}${words === '' ? '' : `: ${words}`}`,
    );
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Nothing that a service keeps in its environment belongs there. */
function environment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'LD_LIBRARY_PATH', 'HOME', 'TMPDIR', 'SystemRoot'];
  return Object.fromEntries(names.flatMap((name) => [[name, process.env[name]]]));
}
