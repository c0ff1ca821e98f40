import { type ChildProcess, spawn } from 'node:child_process';
import { Parser } from '@devicefarmer/adbkit';
import type { AdbStream } from './adb-stream.js';

/** Kinds of packets of the shell's second protocol. */
const kind = { stdin: 0, stdout: 1, stderr: 2, exit: 3, closeStdin: 3 } as const;
/** Added to the number of the signal that ended a process. */
const BY_SIGNAL = 128;
const signals: Readonly<Record<string, number>> = { SIGKILL: 9, SIGTERM: 15, SIGPIPE: 13 };

/** Runs a command in the device's shell with its first protocol: one stream, lines end as on a terminal, no exit code. */
export function serveShell(stream: AdbStream, start: () => ChildProcess): void {
  const child = start();
  const said = (bytes: Buffer) => stream.write(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
  child.stdout?.on('data', said);
  child.stderr?.on('data', said);
  child.once('close', () => stream.end());
}

/** Runs a command with the second protocol: packets tell output, errors and the exit code apart. */
export function serveShellV2(stream: AdbStream, start: () => ChildProcess): void {
  const child = start();
  const send = (id: number, bytes: Buffer) => {
    const head = Buffer.alloc(5);
    head[0] = id;
    head.writeUInt32LE(bytes.length, 1);
    if (!stream.destroyed) stream.write(Buffer.concat([head, bytes]));
  };
  child.stdout?.on('data', (bytes: Buffer) => send(kind.stdout, bytes));
  child.stderr?.on('data', (bytes: Buffer) => send(kind.stderr, bytes));
  child.once('close', (code, signal) => {
    send(kind.exit, Buffer.from([code ?? BY_SIGNAL + (signals[signal ?? ''] ?? 0)]));
    stream.end();
  });
  void input(stream, child).catch(() => undefined);
}

async function input(stream: AdbStream, child: ChildProcess): Promise<void> {
  const parser = new Parser(stream);
  for (;;) {
    const head = await parser.readBytes(5);
    const bytes = await parser.readBytes(head.readUInt32LE(1));
    if (head[0] === kind.stdin) child.stdin?.write(bytes);
    else if (head[0] === kind.closeStdin) child.stdin?.end();
  }
}

/** Starts the device's shell; it sees what is in `root`, and only the programs there. */
export function startShell(
  root: string,
  script: string,
  settings: Readonly<Record<string, string>>,
): ChildProcess {
  const child = spawn('/bin/sh', ['-c', inRoot(root, script)], {
    cwd: root,
    // A group of its own, so that what is left of it can be ended when the test is over.
    detached: true,
    env: { PATH: `${root}/bin`, HOME: root, ...settings },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  child.once('error', () => undefined);
  return child;
}

/** Names of the device's folders become those of the private ones. */
function inRoot(root: string, script: string): string {
  return script.replace(/(^|[^\w.])\/(data\/local\/tmp|sys)(?=\/)/g, `$1${root}/$2`);
}
