import type { Device as Listed } from '@devicefarmer/adbkit';
import HostDevicesCommand from '@devicefarmer/adbkit/dist/src/adb/command/host/devices.js';
import type Connection from '@devicefarmer/adbkit/dist/src/adb/connection.js';
import { NseError } from '@nse/space';
import { systemClock } from '../clock.js';
import type { AdbClient, Limit } from './connection.js';

/** Hears of the devices of an adb server. */
export interface Hearer {
  /** It can be used from now on. */
  came(serial: string): void;
  /** It, or the server, went away. */
  gone(serial: string): void;
  /** It is attached, and cannot be used. */
  unusable(serial: string, state: string, hint: string): void;
  /** Something that people should know. */
  notice(text: string): void;
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;
/** A server on another host that was cut off says nothing. */
const KEEP_ALIVE_MS = 10_000;
const SETTLING_MS = 2_000;
const LIST_MS = 10_000;

/** Tells of devices that come and go until the signal aborts; where the server goes, all of its devices do, until it is back. */
export async function trackSerials(client: AdbClient, hearer: Hearer, signal: AbortSignal): Promise<void> {
  const attached = new Set<string>();
  let waitMs = FIRST_WAIT_MS;
  const server = { away: false };
  // What it cannot tell, the next list does.
  const notYet = (serial: string) =>
    void tellState(client, serial, attached, hearer, signal).catch(() => undefined);
  const listening = (connection: Connection) => {
    if (server.away) hearer.notice('the adb server is back');
    server.away = false;
    waitMs = FIRST_WAIT_MS;
    return listen(connection, attached, hearer, notYet);
  };
  while (!signal.aborted) {
    try {
      await client.ask(['host:track-devices'], 'listing devices', { signal, withinMs: Infinity }, listening);
    } catch (error) {
      const { code, message } = NseError.from(error);
      if (!server.away && code !== 'ABORTED') hearer.notice(`no devices for now: ${message}`);
      server.away = true;
    }
    attached.forEach((serial) => hearer.gone(serial));
    attached.clear();
    await systemClock.wait(waitMs, signal).catch(() => undefined);
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  }
}

/**
 * Reads list after list until the connection is lost, which raises an error. adbkit's own tracker tells changes by events, of which the
 * first may come before anyone can listen.
 */
async function listen(
  connection: Connection,
  attached: Set<string>,
  hearer: Hearer,
  notYet: (serial: string) => void,
): Promise<never> {
  connection.socket.setKeepAlive(true, KEEP_ALIVE_MS);
  const listing = new HostDevicesCommand(connection);
  let before = new Map<string, string>();
  for (;;) {
    const list: readonly Listed[] = await listing._readDevices();
    const now = new Map<string, string>(list.map(({ id, type }) => [id, type]));
    const changed = (serial: string) => now.get(serial) !== before.get(serial);
    for (const serial of [...attached].filter(changed)) {
      attached.delete(serial);
      hearer.gone(serial);
    }
    for (const [serial, state] of [...now].filter(([serial]) => changed(serial))) {
      attached.add(serial);
      if (state === 'device') hearer.came(serial);
      else notYet(serial);
    }
    before = now;
  }
}

/**
 * Tells why a device cannot be used, once its state has settled: on the way to another it is `offline` for a moment, and adb 29 lists
 * one that became `unauthorized` so only to who asks anew.
 */
async function tellState(
  client: AdbClient,
  serial: string,
  attached: ReadonlySet<string>,
  hearer: Hearer,
  signal: AbortSignal,
): Promise<void> {
  await systemClock.wait(SETTLING_MS, signal);
  const list = await listed(client, { signal, withinMs: LIST_MS });
  const state: string | undefined = list.find(({ id }) => id === serial)?.type;
  // Unplugged meanwhile: who hears of it now would not hear that it went.
  if (state === undefined || state === 'device' || !attached.has(serial)) return;
  const hint = state === 'unauthorized' ? 'allow USB debugging on its screen' : '';
  hearer.notice(`${serial} is attached, but ${state}${hint === '' ? '' : `: ${hint}`}`);
  hearer.unusable(serial, state, hint);
}

/** The devices of the server with their states, now. Raises what `AdbClient.ask` does. */
export async function listed(client: AdbClient, limit: Limit): Promise<readonly Listed[]> {
  return await client.ask(['host:devices'], 'listing devices', limit, (connection) =>
    new HostDevicesCommand(connection)._readDevices(),
  );
}
