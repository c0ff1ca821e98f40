import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Parser } from '@devicefarmer/adbkit';
import type { AdbStream } from './adb-stream.js';

/** The file system of the device, as the sync service sees it. */
export interface DeviceFiles {
  /** Where a path of the device really is. */
  real(path: string): string;
  /** Takes so many bytes of the storage; false where it is full. */
  take(bytes: number): boolean;
}

const PIECE = 64 * 1024;

/** Copies files to and from the device, as adb's `sync:` service: https://android.googlesource.com/platform/packages/modules/adb/+/refs/heads/main/docs/dev/sync.md */
export async function serveSync(stream: AdbStream, files: DeviceFiles): Promise<void> {
  const parser = new Parser(stream);
  const word = async () => (await parser.readBytes(4)).readUInt32LE(0);
  for (;;) {
    const id = await parser.readAscii(4);
    const length = await word();
    if (id === 'QUIT') break;
    const argument = (await parser.readBytes(length)).toString();
    if (id === 'SEND') await receive(stream, parser, files, argument);
    else stream.write(reply(id, files.real(argument)));
  }
  stream.end();
}

function reply(id: string, path: string): Buffer {
  if (id === 'STAT') return stat(path);
  if (id === 'STA2' || id === 'LST2') return stat2(id, path);
  if (id === 'LIST') return list(path);
  if (id === 'RECV') return file(path);
  return failure(`unknown command ${id}`);
}

/** DATA pieces until DONE. What does not fit is read to its end all the same, and nothing is left of the file. */
async function receive(
  stream: AdbStream,
  parser: Parser,
  files: DeviceFiles,
  argument: string,
): Promise<void> {
  const comma = argument.lastIndexOf(',');
  const path = files.real(argument.slice(0, comma));
  mkdirSync(dirname(path), { recursive: true });
  const descriptor = openSync(path, 'w', Number(argument.slice(comma + 1)) & 0o777);
  let failed = false;
  try {
    for (;;) {
      const id = await parser.readAscii(4);
      const length = (await parser.readBytes(4)).readUInt32LE(0);
      if (id === 'DONE') break;
      const bytes = await parser.readBytes(length);
      if (!failed && files.take(bytes.length)) writeSync(descriptor, bytes);
      else if (!failed) {
        failed = true;
        stream.write(failure('write failed: No space left on device'));
      }
    }
  } finally {
    closeSync(descriptor);
  }
  if (failed) rmSync(path, { force: true });
  else stream.write(header('OKAY', 0));
}

function header(id: string, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.write(id, 0);
  bytes.writeUInt32LE(value, 4);
  return bytes;
}

function failure(text: string): Buffer {
  return Buffer.concat([header('FAIL', text.length), Buffer.from(text)]);
}

function statOf(path: string, follow: boolean): Stats | undefined {
  return (follow ? statSync : lstatSync)(path, { throwIfNoEntry: false });
}

const seconds = (ms: number) => Math.floor(ms / 1000);

function stat(path: string): Buffer {
  const found = statOf(path, false);
  const bytes = Buffer.alloc(16);
  bytes.write('STAT', 0);
  bytes.writeUInt32LE(found?.mode ?? 0, 4);
  bytes.writeUInt32LE(found?.size ?? 0, 8);
  bytes.writeUInt32LE(seconds(found?.mtimeMs ?? 0), 12);
  return bytes;
}

const NO_SUCH_FILE = 2;

function stat2(id: string, path: string): Buffer {
  const found = statOf(path, id === 'STA2');
  const bytes = Buffer.alloc(72);
  bytes.write(id, 0);
  if (found === undefined) {
    bytes.writeUInt32LE(NO_SUCH_FILE, 4);
    return bytes;
  }
  bytes.writeUInt32LE(found.mode, 24);
  bytes.writeUInt32LE(found.nlink, 28);
  bytes.writeBigUInt64LE(BigInt(found.size), 40);
  bytes.writeBigInt64LE(BigInt(seconds(found.mtimeMs)), 56);
  return bytes;
}

function list(path: string): Buffer {
  const entries = readdirSync(path).map((name) => {
    const { mode, size, mtimeMs } = lstatSync(join(path, name));
    const bytes = Buffer.alloc(20);
    bytes.write('DENT', 0);
    [mode, size, seconds(mtimeMs), Buffer.byteLength(name)].forEach((value, place) =>
      bytes.writeUInt32LE(value, 4 + 4 * place),
    );
    return Buffer.concat([bytes, Buffer.from(name)]);
  });
  return Buffer.concat([...entries, header('DONE', 0), Buffer.alloc(12)]);
}

function file(path: string): Buffer {
  if (statOf(path, true) === undefined) return failure('No such file or directory');
  const bytes = readFileSync(path);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += PIECE) {
    const piece = bytes.subarray(at, at + PIECE);
    pieces.push(header('DATA', piece.length), piece);
  }
  return Buffer.concat([...pieces, header('DONE', 0)]);
}
