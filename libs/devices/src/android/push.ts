import { Readable } from 'node:stream';
import Sync from '@devicefarmer/adbkit/dist/src/adb/sync.js';
import { NseError } from '@nse/space';
import type { AdbClient, Limit } from './connection.js';

/** adb's own size of a piece. */
const PIECE = 64 * 1024;

/**
 * Writes a file on the device. Raises FAILED_PRECONDITION where the device refuses it, with what it said: its storage may be full;
 * else as `AdbClient.ask`.
 */
export async function push(
  client: AdbClient,
  serial: string,
  { bytes, path, mode }: { readonly bytes: Uint8Array; readonly path: string; readonly mode: number },
  limit: Limit,
): Promise<void> {
  const what = `copying ${path} to ${serial}`;
  await client.ask([`host:transport:${serial}`, 'sync:'], what, limit, (connection) => {
    const transfer = new Sync(connection).push(Readable.from(pieces(bytes)), path, mode);
    return new Promise<void>((resolve, reject) => {
      transfer.once('end', resolve);
      transfer.once('error', (error: unknown) => reject(refused(what, error)));
    });
  });
}

function* pieces(bytes: Uint8Array): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE) yield Buffer.from(bytes.subarray(at, at + PIECE));
}

/** A refusal of the device is an answer; anything else is a lost connection, which the client names. */
function refused(what: string, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error.name !== 'FailError') return error;
  return deviceRefused(what, error.message);
}

/** What the device said, as FAILED_PRECONDITION; a full storage is named as such. */
export function deviceRefused(what: string, said: string): NseError {
  const full = /no space left|ENOSPC|not enough space/i.test(said);
  const text = `${what}: ${full ? 'the storage of the device is full' : 'the device refused it'}: ${brief(said)}`;
  return new NseError('FAILED_PRECONDITION', text, full ? { reason: 'StorageFull' } : {});
}

/** Text of a device on one line of printable characters, at most 500. */
export function brief(said: string): string {
  return said
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(-500);
}
