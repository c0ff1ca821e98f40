import { createHash } from 'node:crypto';
import { NseError } from '@nse/space';
import type { AdbClient } from './connection.js';
import { brief, deviceRefused, push } from './push.js';
import { quoted } from './quoted.js';
import type { Output, Shell } from './shell.js';

/** What a phone is given to run models with. */
export interface Program {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** Scripts other than a benchmark answer in milliseconds; a phone that just woke up may take a while. */
const SCRIPT_MS = 30_000;
/** Over a slow cable. */
const BYTES_PER_MS = 500;

/** Where files of a user of this name are. Raises INVALID_ARGUMENT unless it is of lower-case letters, digits and inner hyphens. */
export function folderPath(name: string): string {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(name))
    throw new NseError('INVALID_ARGUMENT', `no name of a folder on a device: ${name}`, { field: 'name' });
  return `/data/local/tmp/nse-${name}`;
}

/** Our folder on one device: benchmark programs by hash, models, and the process that runs, if one does. */
export class DeviceFolder {
  constructor(
    private readonly client: AdbClient,
    private readonly serial: string,
    readonly shell: Shell,
    readonly path: string,
  ) {}

  /** Runs a script of ours. Raises FAILED_PRECONDITION where it fails, with what it said. */
  async run(script: string, what: string, signal: AbortSignal): Promise<string> {
    const { code, stdout, stderr } = await this.shell(script, { signal, withinMs: SCRIPT_MS });
    if (code !== 0)
      throw deviceRefused(`${what} on ${this.serial}`, brief(stderr) || brief(stdout) || `code ${code}`);
    return stdout;
  }

  /**
   * Makes the folder, and removes what a run left that broke off: its process, models, what was half copied, and programs other than
   * `keep`.
   */
  async tidy(keep: string, signal: AbortSignal): Promise<void> {
    const folder = quoted(this.path);
    const script = `
      mkdir -p ${folder}/models && chmod 700 ${folder} || exit 1
      ${this.killScript}
      for file in ${folder}/models/* ${folder}/*.part ${folder}/program-*; do
        [ "$file" = ${quoted(this.programPath(keep))} ] || rm -f "$file"
      done`;
    await this.run(script, 'tidying our folder', signal);
  }

  /** Ends the benchmark that runs, if one does. */
  async kill(signal: AbortSignal): Promise<void> {
    await this.run(`${this.killScript}; true`, 'ending a benchmark', signal);
  }

  /** Copies the program, unless it is there. Returns its path. */
  async install({ bytes, sha256 }: Program, signal: AbortSignal): Promise<string> {
    const path = this.programPath(sha256);
    if ((await this.hashOf(path, signal))?.hash !== sha256) await this.put(bytes, path, 0o755, signal);
    return path;
  }

  /** Copies a model. Returns its path. */
  async putModel(bytes: Uint8Array, signal: AbortSignal): Promise<string> {
    const name = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const path = `${this.path}/models/${name}.tflite`;
    await this.put(bytes, path, 0o644, signal);
    return path;
  }

  /** The script of a benchmark: it takes the place of its shell, whose process id is kept, so that it can be ended. */
  script(command: readonly string[]): string {
    return `echo $$ >${quoted(this.pidFile)} && exec ${command.map(quoted).join(' ')}`;
  }

  /** A file under its name is whole: it is copied under another, compared and renamed. */
  private async put(bytes: Uint8Array, path: string, mode: number, signal: AbortSignal): Promise<void> {
    const part = `${path}.part`;
    try {
      const limit = { signal, withinMs: SCRIPT_MS + bytes.length / BYTES_PER_MS };
      await push(this.client, this.serial, { bytes, path: part, mode }, limit);
      await this.compare(bytes, part, signal);
      const script = `chmod ${mode.toString(8)} ${quoted(part)} && mv -f ${quoted(part)} ${quoted(path)}`;
      await this.run(script, `putting ${path} in place`, signal);
    } catch (error) {
      // Where the device is gone this fails too, and `tidy` does it later.
      if (!signal.aborted)
        await this.run(`rm -f ${quoted(part)}`, 'removing a part', signal).catch(() => undefined);
      throw error;
    }
  }

  private async compare(bytes: Uint8Array, path: string, signal: AbortSignal): Promise<void> {
    const there = await this.hashOf(path, signal);
    if (there === undefined)
      throw deviceRefused(`reading ${path} back on ${this.serial}`, 'no file came of it');
    const hash = createHash(there.kind).update(bytes).digest('hex');
    if (hash !== there.hash)
      throw new NseError('UNAVAILABLE', `copying ${path} to ${this.serial}: what came is not what was sent`);
  }

  /** The SHA-256 of a file, or the MD5 on an old Android that has no sha256sum; undefined where there is no such file. */
  private async hashOf(
    path: string,
    signal: AbortSignal,
  ): Promise<{ kind: 'sha256' | 'md5'; hash: string } | undefined> {
    for (const kind of ['sha256', 'md5'] as const) {
      const output = await this.shell(`${kind}sum ${quoted(path)}`, { signal, withinMs: SCRIPT_MS });
      const hash = /^\\?([0-9a-f]{32,64})\b/.exec(output.stdout)?.[1];
      if (output.code === 0 && hash !== undefined) return { kind, hash };
      if (!isMissing(output)) return undefined;
    }
    return undefined;
  }

  private get pidFile(): string {
    return `${this.path}/pid.part`;
  }

  private programPath(sha256: string): string {
    return `${this.path}/program-${sha256.slice(0, 16)}`;
  }

  /** Only a process that was started from our folder: the number may be another's by now. */
  private get killScript(): string {
    return `pid=$(cat ${quoted(this.pidFile)} 2>/dev/null)
      case "$pid" in
        '' | *[!0-9]*) ;;
        *) case "$(cat "/proc/$pid/cmdline" 2>/dev/null)" in *${quoted(this.path)}/program-*) kill -9 "$pid" ;; esac ;;
      esac`;
  }
}

/** Whether the device has no such command. */
function isMissing({ code }: Output): boolean {
  return code === 127;
}
