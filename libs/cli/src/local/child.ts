import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';

/** How a supervised process is started. */
export interface ChildSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Asked at each start. */
  readonly env: () => Readonly<Record<string, string>>;
  /** The file that gets its output, appended. */
  readonly logFile: string;
  /**
   * What ends the process when its parent was killed, so that no orphan stays: a Node program watches its message
   * channel (`channel`); any other program gets a shell that watches a pipe (`pipe`).
   */
  readonly tether: 'channel' | 'pipe';
  /** An open file that the process keeps open, such as one with a lock on it. */
  readonly holds?: number;
}

/**
 * Runs "$@" and ends it as soon as the pipe on fd 3 closes. Told to stop before the program's number is known, it remembers that: a shell
 * that just ended would leave the program behind, and the pipes that it holds open.
 */
const TETHER = [
  'child=; stop=; trap \'stop=1; [ -z "$child" ] || kill "$child" 2>/dev/null\' TERM',
  '"$@" 3<&- & child=$!',
  '{ cat <&3 >/dev/null; kill "$child"; } 2>/dev/null & watch=$!',
  '[ -z "$stop" ] || kill "$child" 2>/dev/null',
  'wait "$child"; code=$?; wait "$child" 2>/dev/null',
  'kill "$watch" 2>/dev/null; exit "$code"',
].join('; ');

const RESTART_DELAYS_MS = [100, 500, 1_000, 2_000, 5_000];
/** A child that lived this long starts over with the shortest delay. */
const HEALTHY_AFTER_MS = 30_000;
const KILL_AFTER_MS = 15_000;

/** One child process that is started again whenever it dies, until `stop`. */
export class SupervisedChild {
  private process: ChildProcess | undefined;
  private log: WriteStream;
  private stopping = false;
  private failures = 0;
  private startedAt = 0;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param onMessage called with each message that the child sends over its channel
   * @param onExit called when it ends without being asked to
   */
  constructor(
    readonly spec: ChildSpec,
    private readonly onMessage: (message: unknown) => void = () => undefined,
    private readonly onExit: (reason: string) => void = () => undefined,
  ) {
    this.log = createWriteStream(spec.logFile, { flags: 'a' });
  }

  get pid(): number | undefined {
    return this.process?.pid;
  }

  start(): void {
    const { command, args, env, tether, holds } = this.spec;
    this.startedAt = Date.now();
    const [program, programArgs] =
      tether === 'channel' ? [command, args] : ['sh', ['-c', TETHER, 'sh', command, ...args]];
    const child = spawn(program, programArgs, {
      env: { ...process.env, ...env() },
      stdio: [
        'ignore',
        'pipe',
        'pipe',
        tether === 'channel' ? 'ipc' : 'pipe',
        ...(holds === undefined ? [] : [holds]),
      ],
      // Its own group: Ctrl-C in the terminal reaches us alone, and we stop the children in order.
      detached: true,
    });
    this.process = child;
    child.stdout?.pipe(this.log, { end: false });
    child.stderr?.pipe(this.log, { end: false });
    child.on('message', this.onMessage);
    child.on('error', (error) => this.log.write(`${error.message}\n`));
    // A killed shell leaves its program behind, which the tether ends.
    child.on('exit', () => letGo(child));
    // Not before its last output is written and nobody of it is left: its port is free again.
    child.on('close', (code, signal) =>
      this.ended(signal === null ? `exit code ${code ?? '?'}` : `signal ${signal}`),
    );
  }

  /** Asks the process to end, waits, and kills it after 15 s. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    const child = this.process;
    if (child) {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
      await closed;
      clearTimeout(timer);
    }
    await new Promise<void>((resolve) => this.log.end(resolve));
  }

  private ended(reason: string): void {
    this.process = undefined;
    if (this.stopping) return;
    this.onExit(reason);
    this.failures = Date.now() - this.startedAt > HEALTHY_AFTER_MS ? 0 : this.failures + 1;
    const delay = RESTART_DELAYS_MS[Math.min(this.failures, RESTART_DELAYS_MS.length - 1)] ?? 0;
    this.timer = setTimeout(() => this.start(), delay);
  }
}

function letGo(child: ChildProcess): void {
  const tether = child.stdio[3];
  if (tether && 'destroy' in tether) tether.destroy();
}
