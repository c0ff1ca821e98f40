import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { programs } from './programs.js';

const WITHIN_MS = 60_000;

/** A server of the real adb on a free loopback port, with keys of its own, and its commands. */
export class RealAdb {
  private readonly home = mkdtempSync(join(tmpdir(), 'nse-adb-'));
  private server: ChildProcess | undefined;

  private constructor(private readonly port: number) {}

  static async start(): Promise<RealAdb> {
    const adb = new RealAdb(await freePort());
    await adb.serve();
    return adb;
  }

  /** As `ADB_SERVER_SOCKET` has it. */
  get socket(): string {
    return `tcp:127.0.0.1:${this.port}`;
  }

  /** Starts the server, also again on the same port. */
  async serve(): Promise<void> {
    this.server = spawn(programs.adb, ['-P', `${this.port}`, 'nodaemon', 'server'], {
      env: this.environment,
      stdio: 'ignore',
    });
    for (const deadline = Date.now() + WITHIN_MS; !(await answers(this.port));) {
      if (Date.now() > deadline) throw new Error('the adb server does not answer');
      await delay(50);
    }
  }

  async end(): Promise<void> {
    const ended = this.server === undefined ? [] : once(this.server, 'exit');
    this.server?.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    await this.end();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** What a command prints. Throws where it fails. */
  async run(...args: readonly string[]): Promise<string> {
    const options = { env: this.environment, timeout: WITHIN_MS };
    const { stdout } = await promisify(execFile)(programs.adb, ['-P', `${this.port}`, ...args], options);
    return stdout;
  }

  /** Connects the device, as a cable does. */
  async connect(serial: string): Promise<void> {
    await this.run('connect', serial);
  }

  /** Without looking for emulators on the ports that they use. */
  private get environment(): NodeJS.ProcessEnv {
    return { PATH: process.env['PATH'], HOME: this.home, ADB_LOCAL_TRANSPORT_MAX_PORT: '5554' };
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
