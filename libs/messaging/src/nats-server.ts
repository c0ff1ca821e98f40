import { type ChildProcess, spawn } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NseError } from '@nse/space';
import { connect } from 'nats';
import { emptyPortsFolder, portSaidIn } from './ports-file.js';

export interface NatsServerOptions {
  /** A free one unless given. */
  readonly port?: number;
  /** Where JetStream keeps its files; a new temporary folder, removed by `stop`, unless given. */
  readonly storeDir?: string;
}

/** A nats-server of our own on the loopback interface. */
export interface NatsServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** SIGKILL, as a power cut would; the files stay. */
  kill(): Promise<void>;
  /** Starts it again on the same port and files. */
  restart(): Promise<void>;
  /** Stops it and removes temporary files. */
  stop(): Promise<void>;
}

/**
 * The configuration of a server that keeps what it acknowledged: each write is synced to disk. Its files may take 32 GB, or
 * what NSE_NATS_MAX_STORE says, such as `100GB`; streams and buckets set aside about 14 GB of it. Raises INVALID_ARGUMENT
 * for what is no size.
 */
export function natsServerConfig(options: {
  /** -1 for one that the system chooses. */
  readonly port: number;
  /** A folder in which the server says where it listens, in a file of its own. */
  readonly portsDir: string;
  readonly storeDir: string;
  /** Tells this server from another one that has taken its port; `nse` unless given. */
  readonly name?: string;
}): string {
  const maxStore = process.env['NSE_NATS_MAX_STORE'] ?? '32GB';
  if (!/^\d+(KB|MB|GB|TB)$/.test(maxStore)) {
    throw new NseError('INVALID_ARGUMENT', `NSE_NATS_MAX_STORE: "${maxStore}" is no size such as 100GB`);
  }
  return `# Only for processes on this machine.
server_name: ${options.name ?? 'nse'}
host: 127.0.0.1
port: ${options.port}
ports_file_dir: ${JSON.stringify(options.portsDir)}
max_payload: 8MB
write_deadline: 10s
jetstream {
  store_dir: ${JSON.stringify(options.storeDir)}
  # By default acknowledged messages may be lost for two minutes.
  sync_interval: always
  max_memory_store: 256MB
  max_file_store: ${maxStore}
}
`;
}

/**
 * The path of the nats-server program: NSE_NATS_SERVER, else on the PATH, else in the cache folder that the set-up fills.
 * Raises FAILED_PRECONDITION where there is none.
 */
export function findNatsServer(env: NodeJS.ProcessEnv = process.env): string {
  const named = env['NSE_NATS_SERVER'];
  if (named !== undefined && named !== '') return named;
  const cache = env['NSE_CACHE'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'nse');
  const onPath = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const folders = [...onPath, ...cachedServers(cache)];
  const found = folders.map((folder) => join(folder, 'nats-server')).find(isProgram);
  if (found !== undefined) return found;
  throw new NseError(
    'FAILED_PRECONDITION',
    'there is no nats-server: run ./nse doctor, or set NSE_NATS_SERVER',
  );
}

/** The set-up unpacks each version into a folder of its own, `nats-server-<version>-<arch>`. */
function cachedServers(cache: string): string[] {
  if (!existsSync(cache)) return [];
  const folders = readdirSync(cache).filter(
    (name) => /^nats-server-.+-/.test(name) && name.endsWith(process.arch),
  );
  return folders
    .sort()
    .reverse()
    .map((name) => join(cache, name));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts a nats-server with JetStream and waits until it answers. Raises UNAVAILABLE, with its words, where it does not. */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const temporary = options.storeDir === undefined ? mkdtempSync(join(tmpdir(), 'nse-nats-')) : undefined;
  const storeDir = options.storeDir ?? join(temporary ?? '', 'jetstream');
  mkdirSync(storeDir, { recursive: true });
  const folder = temporary ?? storeDir;
  const portsDir = emptyPortsFolder(join(folder, 'ports'));
  const configFile = join(folder, 'nats-server.conf');
  const name = `nse-${randomUUID()}`;
  const configure = (port: number) =>
    writeFileSync(configFile, natsServerConfig({ port, portsDir, storeDir, name }));
  // The system chooses a port, so that no other process can get it in between.
  configure(options.port ?? -1);
  const first = await launch(configFile, { name, portsDir });
  const { port } = first;
  let { child } = first;
  // Where it is started again, its clients look for it where it was.
  configure(port);
  return {
    url: urlOf(port),
    port,
    get pid() {
      return child.pid ?? 0;
    },
    kill: () => end(child, 'SIGKILL'),
    restart: async () => {
      await end(child, 'SIGTERM');
      ({ child } = await launch(configFile, { name, portsDir }));
    },
    stop: async () => {
      await end(child, 'SIGTERM');
      if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
    },
  };
}

const START_WITHIN_MS = 20_000;

const urlOf = (port: number): string => `nats://127.0.0.1:${port}`;

async function launch(
  configFile: string,
  { name, portsDir }: { readonly name: string; readonly portsDir: string },
): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(findNatsServer(), ['-c', configFile], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
  const over = new AbortController();
  child.once('error', (error) => {
    said += error.message;
    over.abort();
  });
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  child.once('exit', () => process.off('exit', endWithUs));
  child.once('close', () => over.abort());
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(START_WITHIN_MS)]);
  try {
    const port = await portSaidIn(portsDir, signal);
    while (!(await answers(urlOf(port), name))) await delay(50, undefined, { signal });
    return { child, port };
  } catch {
    await end(child, 'SIGKILL');
    throw new NseError('UNAVAILABLE', `nats-server did not start: ${said.trim()}`);
  }
}

/** Whether JetStream of that server answers, which is later than the port being open. */
async function answers(url: string, name: string): Promise<boolean> {
  try {
    const nc = await connect({ servers: url, reconnect: false, timeout: 1_000 });
    try {
      await (await nc.jetstreamManager({ timeout: 1_000 })).getAccountInfo();
      return nc.info?.server_name === name;
    } finally {
      await nc.close();
    }
  } catch {
    // Not yet: the caller asks again until its time is over.
    return false;
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await gone;
}
