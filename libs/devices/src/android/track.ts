import type { Device as Listed } from '@devicefarmer/adbkit';
import HostTrackDevicesCommand from '@devicefarmer/adbkit/dist/src/adb/command/host/trackdevices.js';
import type Connection from '@devicefarmer/adbkit/dist/src/adb/connection.js';
import type Tracker from '@devicefarmer/adbkit/dist/src/adb/tracker.js';
import { NseError } from '@nse/space';
import { systemClock } from '../clock.js';
import type { AdbClient } from './connection.js';

/** Hears of the devices of an adb server. */
export interface Hearer {
  /** It can be used from now on. */
  came(serial: string): void;
  /** It, or the server, went away. */
  gone(serial: string): void;
  /** Something that people should know. */
  notice(text: string): void;
}

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;
/** A server on another host that was cut off says nothing. */
const KEEP_ALIVE_MS = 10_000;

/** Tells of devices that come and go until the signal aborts; where the server goes, all of its devices do, until it is back. */
export async function trackSerials(client: AdbClient, hearer: Hearer, signal: AbortSignal): Promise<void> {
  const usable = new Set<string>();
  let waitMs = FIRST_WAIT_MS;
  const server = { away: false };
  const listening = (connection: Connection) => {
    if (server.away) hearer.notice('the adb server is back');
    server.away = false;
    waitMs = FIRST_WAIT_MS;
    return listen(connection, usable, hearer);
  };
  while (!signal.aborted) {
    try {
      await client.overConnection('listing devices', { signal, withinMs: Infinity }, listening);
    } catch (error) {
      const { code, message } = NseError.from(error);
      if (!server.away && code !== 'ABORTED') hearer.notice(`no devices for now: ${message}`);
      server.away = true;
    }
    usable.forEach((serial) => hearer.gone(serial));
    usable.clear();
    await systemClock.wait(waitMs, signal).catch(() => undefined);
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  }
}

/** Fails when the connection is lost. */
async function listen(connection: Connection, usable: Set<string>, hearer: Hearer): Promise<never> {
  connection.socket.setKeepAlive(true, KEEP_ALIVE_MS);
  const tracker = (await new HostTrackDevicesCommand(connection).execute()) as Tracker;
  const left = ({ id }: Listed) => {
    if (usable.delete(id)) hearer.gone(id);
  };
  const changed = (device: Listed) => {
    left(device);
    if (device.type === 'device') {
      usable.add(device.id);
      hearer.came(device.id);
    } else hearer.notice(unusable(device));
  };
  tracker.on('add', changed);
  tracker.on('change', changed);
  tracker.on('remove', left);
  return new Promise((_, reject) => {
    tracker.on('error', reject);
    tracker.on('end', () => reject(new Error('the server closed the connection')));
  });
}

function unusable({ id, type }: Listed): string {
  const state: string = type;
  const hint = state === 'unauthorized' ? ': allow USB debugging on its screen' : '';
  return `${id} is attached, but ${state}${hint}`;
}
