import { NseError } from '@nse/space';
import type Connection from '@devicefarmer/adbkit/dist/src/adb/connection.js';
import { systemClock } from '../clock.js';
import type { AdbClient } from './connection.js';
import { listed } from './track.js';

const FIRST_WAIT_MS = 500;
/** Also while it is connected: adb itself gives up a phone that went after a minute. */
const EVERY_MS = 10_000;
/** A phone that is off the network lets adb wait. */
const CONNECT_MS = 30_000;

/**
 * Has the adb server connect to the phones of the network with these serials, also again, until the signal aborts: a server that begins
 * anew knows none, and one that was away too long is forgotten. Tells once of each that cannot be reached, and when it can.
 */
export async function keepConnected(
  client: AdbClient,
  serials: readonly string[],
  notice: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(serials.map((serial) => keepOne(client, serial, notice, signal)));
}

async function keepOne(
  client: AdbClient,
  serial: string,
  notice: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  let trouble = '';
  let waitMs = FIRST_WAIT_MS;
  while (!signal.aborted) {
    const now = await connected(client, serial, signal);
    if (now === undefined) return;
    // The words may differ from try to try; that it cannot be reached is told once.
    if (now !== '' && trouble === '') notice(now);
    if (now === '' && trouble !== '') notice(`${serial} is reached now`);
    trouble = now;
    await systemClock.wait(now === '' ? EVERY_MS : waitMs, signal).catch(() => undefined);
    waitMs = now === '' ? FIRST_WAIT_MS : Math.min(2 * waitMs, EVERY_MS);
  }
}

/** Why the phone cannot be reached; empty where it is, undefined where the signal has aborted. */
async function connected(
  client: AdbClient,
  serial: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const what = `connecting to ${serial}`;
  const limit = { signal, withinMs: CONNECT_MS };
  const answer = async ({ parser }: Connection) => (await parser.readValue()).toString();
  try {
    // Asked to connect once more, adb opens another connection to the phone before it sees that it has one.
    if ((await listed(client, limit)).some(({ id, type }) => id === serial && type !== 'offline')) return '';
    // adb says OKAY in any case, and only in words whether it did.
    const said = await client.ask([`host:connect:${serial}`], what, limit, answer);
    return /^(already )?connected to /.test(said) ? '' : `${what}: ${said.trim()}`;
  } catch (error) {
    return signal.aborted ? undefined : NseError.from(error).message;
  }
}
