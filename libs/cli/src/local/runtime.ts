import { EventEmitter, once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { emptyPortsFolder, findNatsServer, natsServerConfig, portSaidIn } from '@nse/messaging';
import { NseError } from '@nse/space';
import { z } from 'zod';
import { type ChildSpec, SupervisedChild } from './child.js';
import { type FolderLock, lockFolder } from './folder-lock.js';

/** The services, in the order in which they start. */
export const serviceNames = [
  'latency-profiler',
  'space-manager',
  'supernet-trainer',
  'fitness-evaluator',
  'retrainer',
] as const;

export type ServiceName = (typeof serviceNames)[number];

/** Where a running system answers. */
export interface Endpoints {
  /** nats://host:port */
  readonly nats: string;
  /** host:port by service. */
  readonly services: Readonly<Record<ServiceName, string>>;
}

export interface LocalOptions {
  /** Folder of NATS' files, configuration and logs; created where missing. */
  readonly stateDir: string;
  /** Root of the repository: the services are under it. */
  readonly root: string;
  readonly onNote?: (note: string) => void;
  /** How many tasks of one service run at once; theirs to say unless given. */
  readonly tasksAtOnce?: number;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
}

type LaunchSpec = Omit<ChildSpec, 'logFile'>;

const READY_WITHIN_MS = 180_000;
/** A part that ends so often before it was ever ready will not come up. */
const MAX_STARTS = 4;
/** The system chooses a port, so that no other process can get it in between. */
const ANY_PORT = '127.0.0.1:0';

const ready = z.object({ kind: z.literal('ready'), address: z.string() });

/**
 * The whole system on this machine: nats-server and each service as a child process on loopback ports. One that dies is
 * started again on the same port; all end with this process, however it ends.
 */
export class LocalRuntime {
  private readonly children: SupervisedChild[] = [];
  private readonly over = new AbortController();

  private constructor(
    private readonly options: LocalOptions,
    private readonly lock: FolderLock,
    /** Filled in as parts come up. */
    private readonly found: { nats: string; readonly services: Record<ServiceName, string> },
  ) {}

  /**
   * Raises UNAVAILABLE, naming the log file, where a part does not come up: within 3 minutes, or at the fourth start;
   * FAILED_PRECONDITION (`InUse`) where another system runs on the folder; AbortError once the signal aborts.
   */
  static async start(options: LocalOptions): Promise<LocalRuntime> {
    const lock = await lockFolder(options.stateDir);
    const services = Object.fromEntries(serviceNames.map((name) => [name, ANY_PORT]));
    const runtime = new LocalRuntime(options, lock, {
      nats: '',
      services: services as Record<ServiceName, string>,
    });
    try {
      await unlessAborted(runtime.startAll(), options.signal);
    } catch (error) {
      await runtime.stop();
      throw error;
    }
    return runtime;
  }

  get endpoints(): Endpoints {
    return this.found;
  }

  /** Process ids by name, for tests that kill them. */
  processes(): ReadonlyMap<string, number> {
    return new Map(this.children.flatMap(({ spec, pid }) => (pid === undefined ? [] : [[spec.name, pid]])));
  }

  /** Services first, so that they hand back what they work on; then NATS. With `discard` the folder goes, too. */
  async stop({ discard = false } = {}): Promise<void> {
    this.over.abort();
    const [nats, ...services] = this.children;
    await Promise.all(services.map((child) => child.stop()));
    await nats?.stop();
    this.children.length = 0;
    if (discard) await rm(this.options.stateDir, { recursive: true, force: true });
    this.lock.release();
  }

  private async startAll(): Promise<void> {
    await this.startNats();
    // Told to stop meanwhile: there is nobody any more who would stop them.
    this.over.signal.throwIfAborted();
    await Promise.all(serviceNames.map((name) => this.startService(name)));
  }

  /** Resolves once it listens. */
  private async startNats(): Promise<void> {
    const { stateDir } = this.options;
    const storeDir = join(stateDir, 'jetstream');
    mkdirSync(storeDir, { recursive: true });
    const portsDir = emptyPortsFolder(join(stateDir, 'ports'));
    const config = join(stateDir, 'nats-server.conf');
    const configure = (port: number) => writeFileSync(config, natsServerConfig({ port, portsDir, storeDir }));
    configure(-1);
    // It holds the lock as well: a server whose parent was killed still writes there for a moment.
    const spec: LaunchSpec = {
      name: 'nats-server',
      command: findNatsServer(),
      args: ['-c', config],
      env: () => ({}),
      tether: 'pipe',
      holds: this.lock.descriptor,
    };
    const port = await this.launched(spec, async (_, signal) => await portSaidIn(portsDir, signal));
    // Where it is started again, its clients look for it where it was.
    configure(port);
    this.found.nats = `nats://127.0.0.1:${port}`;
  }

  /** Resolves once the service takes calls. */
  private async startService(name: ServiceName): Promise<void> {
    const { root, tasksAtOnce } = this.options;
    const { nats, services } = this.found;
    const env = () => ({
      ...(tasksAtOnce === undefined ? {} : { NSE_TASKS_AT_ONCE: String(tasksAtOnce) }),
      NSE_NATS_URL: nats,
      NSE_GRPC_ADDRESS: services[name],
      NSE_JOBS: 'local',
      // Whoever runs a system on a machine can measure on that machine.
      NSE_DEVICES: process.env['NSE_DEVICES'] ?? 'host',
    });
    const args = [join(root, 'services', name, 'dist', 'main.js')];
    const spec: LaunchSpec = { name, command: process.execPath, args, env, tether: 'channel' };
    const [address] = await this.launched(spec, async (messages, signal) => {
      return (await once(messages, 'ready', { signal })) as [string];
    });
    services[name] = address;
  }

  /**
   * Starts a part, and waits for what shows that it is ready, such as `ready` with its address where it sends that. Raises UNAVAILABLE,
   * naming the log file, where that does not come.
   */
  private async launched<T>(
    spec: LaunchSpec,
    becomesReady: (messages: EventEmitter, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const messages = new EventEmitter();
    const fails = new AbortController();
    const fail = (how: string) =>
      fails.abort(new NseError('UNAVAILABLE', `${spec.name} ${how}; see ${this.logFile(spec.name)}`));
    const late = () => fail(`did not start within ${READY_WITHIN_MS / 1000} s`);
    const timer = setTimeout(late, READY_WITHIN_MS).unref();
    let ends = 0;
    const { stateDir, onNote } = this.options;
    mkdirSync(join(stateDir, 'logs'), { recursive: true });
    const child = new SupervisedChild(
      { ...spec, logFile: this.logFile(spec.name) },
      (message) => {
        const said = ready.safeParse(message);
        if (said.success) messages.emit('ready', said.data.address);
      },
      (reason) => {
        onNote?.(`${spec.name} ended (${reason}); starting it again`);
        // Once it was ready this changes nothing any more.
        ends++;
        if (ends === MAX_STARTS) fail(`ended ${ends} times before it was ready (${reason})`);
      },
    );
    this.children.push(child);
    child.start();
    try {
      return await becomesReady(messages, AbortSignal.any([this.over.signal, fails.signal]));
    } catch (error) {
      fails.signal.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private logFile(name: string): string {
    return join(this.options.stateDir, 'logs', `${name}.log`);
  }
}

/** The promise's outcome, or AbortError where the signal aborts first. */
async function unlessAborted(promise: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await promise;
    return;
  }
  // What loses the race may fail later, and nobody waits for it any more.
  promise.catch(() => undefined);
  signal.throwIfAborted();
  const settled = new AbortController();
  const aborted = once(signal, 'abort', { signal: settled.signal });
  aborted.catch(() => undefined);
  try {
    await Promise.race([promise, aborted]);
    signal.throwIfAborted();
  } finally {
    settled.abort();
  }
}
