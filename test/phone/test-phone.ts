import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { AdbConnection } from './adb-connection.js';
import type { AdbStream } from './adb-stream.js';
import { serveShell, serveShellV2, startShell } from './shell-service.js';
import { type DeviceFiles, serveSync } from './sync-service.js';

export interface PhoneOptions {
  readonly model?: string;
  readonly authorized?: boolean;
  /** Without `shell_v2` it is an old Android. */
  readonly features?: readonly string[];
  /** The address that it listens at. Default: 127.0.0.1, and a port that is free. */
  readonly host?: string;
  readonly port?: number;
}

/** Real programs that the phone's shell has too. */
const commands = ['cat', 'chmod', 'md5sum', 'mkdir', 'mv', 'rm', 'sha256sum', 'sleep', 'taskset'];

const FASTEST_KHZ = 2_400_000;

/** An Android in a folder: it speaks adb's protocol on a port and runs a real shell on its own files. */
export class TestPhone implements DeviceFiles {
  readonly root = mkdtempSync(join(tmpdir(), 'nse-phone-'));
  /** Bytes that its storage still takes. */
  freeBytes = Infinity;
  /** The cable comes out once so many bytes came. */
  unplugAfterBytes = Infinity;
  /** For the programs that it runs. */
  settings: Readonly<Record<string, string>> = {};
  /** Commands that its shell was given. */
  readonly heard: string[] = [];
  private readonly news = new EventEmitter();
  private readonly connections = new Set<AdbConnection>();
  private readonly children = new Set<ChildProcess>();
  private server: Server | undefined;
  private port: number;
  private authorized: boolean;

  private constructor(private readonly options: PhoneOptions) {
    this.authorized = options.authorized ?? true;
    this.port = options.port ?? 0;
    for (const folder of ['bin', 'dumpsys', 'data/local/tmp'])
      mkdirSync(join(this.root, folder), { recursive: true });
    for (const command of commands) symlinkSync(pathOf(command), join(this.root, 'bin', command));
    this.script('getprop', `cat '${this.root}/properties'`);
    this.script('dumpsys', `cat '${this.root}/dumpsys/'"$1"`);
    this.describe();
    this.cool();
  }

  static async start(options: PhoneOptions = {}): Promise<TestPhone> {
    const phone = new TestPhone(options);
    await phone.plug();
    return phone;
  }

  /** As `adb devices` lists it. */
  get serial(): string {
    return `${this.host}:${this.port}`;
  }

  async plug(): Promise<void> {
    const server = createServer((socket) => {
      const connection = new AdbConnection(socket, {
        banner: this.banner,
        authorized: () => this.authorized,
        open: (service, stream) => this.serve(service, stream),
      });
      this.connections.add(connection);
      socket.once('close', () => this.connections.delete(connection));
    });
    server.listen(this.port, this.host);
    await once(server, 'listening');
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** The cable comes out: connections break in the middle. What runs on the phone runs on. */
  unplug(): void {
    this.server?.close();
    for (const connection of this.connections) connection.close();
  }

  /** Someone allows the computer on its screen. */
  authorize(): void {
    this.authorized = true;
    for (const connection of this.connections) connection.welcome();
  }

  heat(status: number): void {
    writeFileSync(
      join(this.root, 'dumpsys/thermalservice'),
      `IsStatusOverride: false\nThermal Status: ${status}\n`,
    );
  }

  cool(): void {
    this.heat(0);
  }

  /** Files in a folder of the phone, and what runs of our own on it. */
  real(path: string): string {
    const inside = normalize(join('/', path));
    return join(this.root, inside);
  }

  take(bytes: number): boolean {
    this.unplugAfterBytes -= bytes;
    if (this.unplugAfterBytes < 0) {
      this.unplugAfterBytes = Infinity;
      this.unplug();
    }
    if (bytes > this.freeBytes) return false;
    this.freeBytes -= bytes;
    return true;
  }

  /** Processes that its shell started and that still run. */
  get running(): number {
    return this.children.size;
  }

  /** Resolves when its shell is given a command, or one ends. */
  async changed(): Promise<void> {
    await once(this.news, 'news');
  }

  stop(): void {
    this.unplug();
    for (const { pid } of this.children) {
      try {
        if (pid !== undefined) process.kill(-pid, 'SIGKILL');
      } catch {
        // It ended meanwhile.
      }
    }
    rmSync(this.root, { recursive: true, force: true });
  }

  private serve(service: string, stream: AdbStream): void {
    const [, first, command = ''] = /^([^:]*):(.*)$/s.exec(service) ?? [];
    const [name = '', ...rest] = (first ?? '').split(',');
    const start = () => this.startShell(command);
    if (name === 'sync') void serveSync(stream, this).catch(() => stream.destroy());
    else if (name === 'shell' && rest.includes('v2')) serveShellV2(stream, start);
    else if (name === 'shell' || name === 'exec') serveShell(stream, start);
    else stream.end();
  }

  private startShell(command: string): ChildProcess {
    this.heard.push(command);
    this.news.emit('news');
    const child = startShell(this.root, command, this.settings);
    this.children.add(child);
    child.once('close', () => {
      this.children.delete(child);
      this.news.emit('news');
    });
    return child;
  }

  private get host(): string {
    return this.options.host ?? '127.0.0.1';
  }

  private get banner(): string {
    const model = this.options.model ?? 'Test Phone';
    const features = this.options.features ?? ['shell_v2', 'cmd', 'stat_v2'];
    return `ro.product.name=test;ro.product.model=${model};ro.product.device=test;features=${features.join(',')}`;
  }

  /** Properties, cores with their clocks, and a battery. */
  private describe(): void {
    const properties = {
      'ro.product.model': this.options.model ?? 'Test Phone',
      'ro.product.manufacturer': 'NSE',
      'ro.soc.model': 'T1000',
      'ro.product.cpu.abi': 'arm64-v8a',
      'ro.build.version.release': '16',
      'ro.build.fingerprint': 'nse/test/test:16/T1/1:user/release-keys',
      'sys.boot_completed': '1',
    };
    const lines = Object.entries(properties).map(([key, value]) => `[${key}]: [${value}]\n`);
    writeFileSync(join(this.root, 'properties'), lines.join(''));
    writeFileSync(
      join(this.root, 'dumpsys/battery'),
      '  AC powered: false\n  level: 83\n  temperature: 312\n',
    );
    // The commands that pin to cores are real, so the phone has as many as the host.
    const cores = availableParallelism();
    this.write('sys/devices/system/cpu/possible', `0-${cores - 1}\n`);
    for (let core = 0; core < cores; core++) {
      const folder = `sys/devices/system/cpu/cpu${core}/cpufreq`;
      this.write(`${folder}/scaling_cur_freq`, '1800000\n');
      this.write(`${folder}/scaling_governor`, 'schedutil\n');
      this.write(`${folder}/cpuinfo_max_freq`, `${FASTEST_KHZ}\n`);
      this.capClock(core, FASTEST_KHZ);
    }
  }

  /** The fastest that a core may run, in kHz. */
  capClock(core: number, khz: number): void {
    this.write(`sys/devices/system/cpu/cpu${core}/cpufreq/scaling_max_freq`, `${khz}\n`);
  }

  private write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  private script(name: string, body: string): void {
    const path = join(this.root, 'bin', name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
  }
}

function pathOf(command: string): string {
  return `/usr/bin/${command}`;
}
