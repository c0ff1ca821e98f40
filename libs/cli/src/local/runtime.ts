import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findNatsServer, natsServerConfig } from '@nse/messaging';
import { NseError } from '@nse/space';
import { z } from 'zod';
import { type ChildSpec, SupervisedChild } from './child.js';
import { type FolderLock, lockFolder } from './folder-lock.js';
import { freePorts } from './ports.js';

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

const READY_WITHIN_MS = 180_000;
/** A service that ends so often before it was ever ready will not come up. */
const MAX_STARTS = 4;

interface Listeners {
  readonly onMessage?: (message: unknown) => void;
  readonly onExit?: (reason: string) => void;
}

const ready = z.object({ kind: z.literal('ready') });

/**
 * The whole system on this machine: nats-server and each service as a child process on loopback ports. One that dies is
 * started again on the same port; all end with this process, however it ends.
 */
export class LocalRuntime {
  private readonly children: SupervisedChild[] = [];

  private constructor(
    readonly endpoints: Endpoints,
    private readonly options: LocalOptions,
    private readonly lock: FolderLock,
  ) {}

  /**
   * Raises UNAVAILABLE, naming the log file, where a part does not come up: within 3 minutes, or at the fourth start;
   * FAILED_PRECONDITION (`InUse`) where another system runs on the folder; AbortError once the signal aborts.
   */
  static async start(options: LocalOptions): Promise<LocalRuntime> {
    const lock = await lockFolder(options.stateDir);
    try {
      return await LocalRuntime.startLocked(options, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  private static async startLocked(options: LocalOptions, lock: FolderLock): Promise<LocalRuntime> {
    const [natsPort, ...ports] = await freePorts(1 + serviceNames.length);
    const services = Object.fromEntries(
      serviceNames.map((name, index) => [name, `127.0.0.1:${ports[index] ?? 0}`]),
    ) as Record<ServiceName, string>;
    const runtime = new LocalRuntime({ nats: `nats://127.0.0.1:${natsPort ?? 0}`, services }, options, lock);
    try {
      runtime.startNats(natsPort ?? 0);
      const started = Promise.all(serviceNames.map((name) => runtime.startService(name)));
      await unlessAborted(started, options.signal);
    } catch (error) {
      await runtime.stop();
      throw error;
    }
    return runtime;
  }

  /** Process ids by name, for tests that kill them. */
  processes(): ReadonlyMap<string, number> {
    return new Map(this.children.flatMap(({ spec, pid }) => (pid === undefined ? [] : [[spec.name, pid]])));
  }

  /** Services first, so that they hand back what they work on; then NATS. With `discard` the folder goes, too. */
  async stop({ discard = false } = {}): Promise<void> {
    const [nats, ...services] = this.children;
    await Promise.all(services.map((child) => child.stop()));
    await nats?.stop();
    this.children.length = 0;
    if (discard) await rm(this.options.stateDir, { recursive: true, force: true });
    this.lock.release();
  }

  private startNats(port: number): void {
    const { stateDir } = this.options;
    const storeDir = join(stateDir, 'jetstream');
    mkdirSync(storeDir, { recursive: true });
    const config = join(stateDir, 'nats-server.conf');
    writeFileSync(config, natsServerConfig({ port, storeDir }));
    const args = ['-c', config];
    // It holds the lock as well: a server whose parent was killed still writes there for a moment.
    const holds = this.lock.descriptor;
    this.launch({ name: 'nats-server', command: findNatsServer(), args, env: {}, tether: 'pipe', holds });
  }

  /** Resolves once the service takes calls. */
  private startService(name: ServiceName): Promise<void> {
    const { root, tasksAtOnce } = this.options;
    const env = {
      ...(tasksAtOnce === undefined ? {} : { NSE_TASKS_AT_ONCE: String(tasksAtOnce) }),
      NSE_NATS_URL: this.endpoints.nats,
      NSE_GRPC_ADDRESS: this.endpoints.services[name],
      NSE_LATENCY_PROFILER: this.endpoints.services['latency-profiler'],
      NSE_JOBS: 'local',
      // Whoever runs a system on a machine can measure on that machine.
      NSE_DEVICES: process.env['NSE_DEVICES'] ?? 'host',
    };
    const args = [join(root, 'services', name, 'dist', 'main.js')];
    const spec = { name, command: process.execPath, args, env, tether: 'channel' } as const;
    return new Promise((resolve, reject) => {
      const fail = (how: string) =>
        reject(new NseError('UNAVAILABLE', `${name} ${how}; see ${this.logFile(name)}`));
      const late = () => fail(`did not start within ${READY_WITHIN_MS / 1000} s`);
      const timer = setTimeout(late, READY_WITHIN_MS).unref();
      let ends = 0;
      this.launch(spec, {
        onMessage: (message) => {
          if (!ready.safeParse(message).success) return;
          clearTimeout(timer);
          resolve();
        },
        // Once it was ready this changes nothing any more.
        onExit: (reason) => {
          ends++;
          if (ends === MAX_STARTS) fail(`ended ${ends} times before it was ready (${reason})`);
        },
      });
    });
  }

  private launch(spec: Omit<ChildSpec, 'logFile'>, { onMessage, onExit }: Listeners = {}): void {
    mkdirSync(join(this.options.stateDir, 'logs'), { recursive: true });
    const child = new SupervisedChild({ ...spec, logFile: this.logFile(spec.name) }, onMessage, (reason) => {
      this.options.onNote?.(`${spec.name} ended (${reason}); starting it again`);
      onExit?.(reason);
    });
    this.children.push(child);
    child.start();
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
  signal.throwIfAborted();
  const settled = new AbortController();
  const aborted = once(signal, 'abort', { signal: settled.signal });
  try {
    await Promise.race([promise, aborted]);
    signal.throwIfAborted();
  } finally {
    // What loses the race may fail later, and nobody waits for it any more.
    promise.catch(() => undefined);
    aborted.catch(() => undefined);
    settled.abort();
  }
}
