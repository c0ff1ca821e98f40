import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot, type serviceNames } from '@nse/cli';

export type ServiceName = (typeof serviceNames)[number];

/** One process of a service. It keeps its address when it is killed and started again. */
export class Replica {
  private child: ChildProcess | undefined;
  private known = '';
  private readonly log: WriteStream;

  constructor(
    readonly service: ServiceName,
    private readonly natsUrl: string,
    folder: string,
    number: number,
  ) {
    this.log = createWriteStream(join(folder, `${service}-${number}.log`), { flags: 'a' });
  }

  /** host:port */
  get address(): string {
    return this.known;
  }

  /** Resolves once it takes calls. */
  async start(): Promise<void> {
    const program = join(repositoryRoot, 'services', this.service, 'dist', 'main.js');
    const address = this.known === '' ? {} : { NSE_GRPC_ADDRESS: this.known };
    const env = { ...process.env, NSE_NATS_URL: this.natsUrl, NSE_JOBS: 'local', ...address };
    const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.child = child;
    child.stdout?.pipe(this.log, { end: false });
    child.stderr?.pipe(this.log, { end: false });
    const ended = once(child, 'exit').then(() => undefined);
    const ready = once(child, 'message').then(([message]) => message as { readonly address: string });
    const told = await Promise.race([ready, ended]);
    if (told === undefined)
      throw new Error(`${this.service} ended before it was ready; see ${String(this.log.path)}`);
    this.known = told.address;
  }

  /** SIGKILL: nothing is handed back, nobody is told. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
    await new Promise<void>((resolve) => this.log.end(resolve));
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
