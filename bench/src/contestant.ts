import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { NseError } from '@nse/space';
import { type Answer, type Ready, type Request } from './measure.js';

/** How a contestant is started; `threads` goes into the environment as well, for libraries that read it there. */
export interface Entry {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const NOTED = 2000;

/** A process that does what is timed. It idles, blocked on its input, while others are measured. */
export class Contestant {
  private readonly lines: AsyncIterator<string, undefined>;
  private noted = '';

  private constructor(
    readonly name: string,
    private readonly child: ChildProcessWithoutNullStreams,
  ) {
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.noted = (this.noted + text).slice(-NOTED);
    });
    // A contestant that died is reported by its missing answer; a write to it may fail before that.
    child.stdin.on('error', () => undefined);
  }

  /** Starts it and waits until it has read its case. Returns it with what it says it runs on. */
  static async start({ name, command, args }: Entry, threads: number): Promise<[Contestant, string]> {
    const count = String(threads);
    const env = { ...process.env, TF_NUM_INTRAOP_THREADS: count, OMP_NUM_THREADS: count };
    const contestant = new Contestant(name, spawn(command, args, { env }));
    const { ready } = (await contestant.read()) as Ready;
    return [contestant, ready];
  }

  /** Does a measure and returns the time that it took. Throws INTERNAL with its last words when it dies. */
  async ask(request: Request): Promise<Answer> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    return (await this.read()) as Answer;
  }

  stop(): void {
    this.child.stdin.end();
    this.child.kill();
  }

  private async read(): Promise<unknown> {
    for (;;) {
      const line = await this.lines.next();
      if (line.done === true)
        throw new NseError('INTERNAL', `${this.name} ended early: ${this.noted.trim()}`);
      // Libraries greet on standard output too.
      if (line.value.startsWith('{')) return JSON.parse(line.value) as unknown;
    }
  }
}
