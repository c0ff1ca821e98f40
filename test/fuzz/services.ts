import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { type NatsServer, startNatsServer } from '@nse/messaging';

const host = join(__dirname, '../../bench/dist/orchestration/host.js');

/** A service in a process of its own, by its real main; only its jobs do next to nothing. */
export interface ServiceProcess {
  readonly name: string;
  readonly address: string;
  readonly child: ChildProcess;
  /** What it wrote to standard error since this was called last. */
  readonly said: () => string;
}

/** What a service writes where something went wrong that its callers cannot help. */
const WRONG = /unhandled|uncaught|call failed|MaxListeners/i;

/** `SpaceManager` runs from the folder `space-manager`. */
const folderOf = (service: string) => service.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

/** A nats-server and the services that the proto files name. */
export class Services {
  private constructor(
    readonly nats: NatsServer,
    readonly processes: ReadonlyMap<string, ServiceProcess>,
  ) {}

  static async start(names: readonly string[]): Promise<Services> {
    const nats = await startNatsServer();
    const launched = await Promise.allSettled(names.map((name) => launch(name, nats.url)));
    const processes = launched.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const services = new Services(nats, new Map(processes.map((process) => [process.name, process])));
    const failed = launched.find((one) => one.status === 'rejected');
    if (failed === undefined) return services;
    await services.stop();
    throw failed.reason;
  }

  /** Services that ended, or since the last time said that something went wrong. */
  faults(): string[] {
    return [...this.processes.values()].flatMap(({ name, child, said }) => {
      const ended = child.exitCode !== null || child.signalCode !== null;
      const news = said();
      return ended || WRONG.test(news) ? [`${name}${ended ? ' ended' : ''}: ${news.slice(-2_000)}`] : [];
    });
  }

  /** Resident memory in MiB, by service. */
  memory(): Map<string, number> {
    return new Map(
      [...this.processes.values()].map(({ name, child }) => {
        const resident = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8'))?.[1];
        return [name, Number(resident) / 1_024];
      }),
    );
  }

  async stop(): Promise<void> {
    for (const { child } of this.processes.values()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    await this.nats.stop();
  }
}

async function launch(name: string, natsUrl: string): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [host, folderOf(name)], {
    env: { ...process.env, NSE_NATS_URL: natsUrl, NSE_GRPC_ADDRESS: '127.0.0.1:0', NSE_LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + String(chunk)).slice(-100_000)));
  const taken = () => {
    const news = said;
    said = '';
    return news;
  };
  const early = once(child, 'exit').then(() => {
    throw new Error(`${name} ended: ${said}`);
  });
  early.catch(() => undefined);
  for (;;) {
    const [message] = (await Promise.race([once(child, 'message'), early])) as [
      { kind: string; address: string },
    ];
    if (message.kind === 'ready') return { name, address: message.address, child, said: taken };
  }
}
