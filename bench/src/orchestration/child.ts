import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { NseError } from '@nse/space';

const READY_WITHIN_MS = 60_000;
const KILL_AFTER_MS = 15_000;

/** A process of this folder's programs. It ends when its message channel closes, so none outlives the run. */
export class Child {
  private readonly process: ChildProcess;
  private said = '';
  private stopping = false;

  /** @param onMessage called with each message that the child sends */
  constructor(
    readonly name: string,
    program: 'host' | 'scorers' | 'subscribers',
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    private readonly onMessage: (message: unknown) => void = () => undefined,
  ) {
    // From src, where tests run, the programs are what the build made of them.
    const folder = __dirname.replace(/src(.orchestration)$/, 'dist$1');
    this.process = spawn(process.execPath, [join(folder, `${program}.js`), ...args], {
      env: { ...process.env, NSE_LOG_LEVEL: 'error', ...env },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.process.stderr?.on(
      'data',
      (chunk: Buffer) => (this.said = (this.said + String(chunk)).slice(-4_000)),
    );
    this.process.on('message', (message) => this.onMessage(message));
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** What it wrote to standard error, the end of it. */
  get complaints(): string {
    return this.said;
  }

  /** Whether it ended although nobody told it to. */
  get died(): boolean {
    const { exitCode, signalCode } = this.process;
    return !this.stopping && ((exitCode !== null && exitCode !== 0) || signalCode !== null);
  }

  /** The first message of that kind, from now on. Raises UNAVAILABLE where it ends, or a minute passes, before. */
  async next<T extends { readonly kind: string }>(kind: T['kind'], withinMs = READY_WITHIN_MS): Promise<T> {
    const limit = AbortSignal.timeout(withinMs);
    const ended = new AbortController();
    const end = () => ended.abort();
    this.process.once('exit', end);
    const signal = AbortSignal.any([limit, ended.signal]);
    try {
      for (;;) {
        const [message] = (await once(this.process, 'message', { signal })) as [T];
        if (message.kind === kind) return message;
      }
    } catch (cause) {
      const how = limit.aborted ? `said nothing within ${withinMs} ms` : 'ended';
      throw new NseError('UNAVAILABLE', `${this.name} ${how}: ${this.said}`, { cause });
    } finally {
      this.process.off('exit', end);
    }
  }

  send(message: object): void {
    this.process.send(message);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    const kill = setTimeout(() => this.process.kill('SIGKILL'), KILL_AFTER_MS);
    await gone;
    clearTimeout(kill);
  }
}
