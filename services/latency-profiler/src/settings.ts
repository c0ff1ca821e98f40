import { androidDevices, type DeviceSource, hostDevices } from '@nse/devices';
import { NseError, type Violation } from '@nse/space';
import type { Logger } from '@nse/telemetry';
import type { Patience } from './jobs/overdue.js';

/** Where devices come from, and how long jobs wait for one that is away. */
export interface Settings {
  readonly sources: readonly DeviceSource[];
  readonly patience: Patience;
}

const WAIT_MINUTES = 30;
/** Nobody waits so long for a device that was never there: its name is wrong, or its profiler still starts. */
const UNKNOWN_MINUTES = 5;
const MAX_WAIT_MINUTES = 7 * 24 * 60;
const SWEEP_EVERY_MS = 5_000;

const kinds = ['host', 'adb'] as const;
type Kind = (typeof kinds)[number];

/**
 * NSE_DEVICES: where devices come from, `host` and `adb` with a comma between; none unless given. For `host` NSE_HOST_NAME is the
 * machine's name, its own unless given. For `adb` ADB_SERVER_SOCKET is where its server is, NSE_ADB_CONNECT the phones of the network
 * that it is to be connected to, NSE_BENCHMARK_MODEL the path of the program that measures, and NSE_DEVICE_FOLDER names our folder on
 * the phones. NSE_DEVICE_WAIT_MINUTES: how long a job waits for a device that went away; 30 unless given. Raises INVALID_ARGUMENT with
 * every wrong variable.
 */
export function settingsFromEnvironment(env: Readonly<NodeJS.ProcessEnv>, log: Logger): Settings {
  const wanted = (env['NSE_DEVICES'] ?? '')
    .split(',')
    .flatMap((word) => (word.trim() === '' ? [] : [word.trim()]));
  const minutes = Number(env['NSE_DEVICE_WAIT_MINUTES'] ?? WAIT_MINUTES);
  const violations: Violation[] = [
    ...wanted
      .filter((word) => !isKind(word))
      .map((word) => wrong('NSE_DEVICES', `"${word}" is none of ${kinds.join(', ')}`)),
    ...(minutes > 0 && minutes <= MAX_WAIT_MINUTES
      ? []
      : [wrong('NSE_DEVICE_WAIT_MINUTES', `needs more than 0 and at most ${MAX_WAIT_MINUTES}`)]),
  ];
  if (violations.length > 0) throw NseError.invalid(violations);
  return {
    sources: kinds.filter((kind) => wanted.includes(kind)).map((kind) => sourceOf(kind, env, log)),
    patience: {
      awayMs: minutes * 60_000,
      unknownMs: Math.min(minutes, UNKNOWN_MINUTES) * 60_000,
      everyMs: SWEEP_EVERY_MS,
    },
  };
}

function sourceOf(kind: Kind, env: Readonly<NodeJS.ProcessEnv>, log: Logger): DeviceSource {
  const notice = (text: string) => log.warn(text);
  const folder = given(env['NSE_DEVICE_FOLDER']);
  switch (kind) {
    case 'host':
      return hostDevices(given(env['NSE_HOST_NAME']));
    case 'adb':
      return androidDevices({
        server: given(env['ADB_SERVER_SOCKET']),
        connect: given(env['NSE_ADB_CONNECT']),
        benchmarkModel: given(env['NSE_BENCHMARK_MODEL']),
        ...(folder === undefined ? {} : { name: folder }),
        notice,
      });
  }
}

const isKind = (word: string): word is Kind => kinds.some((kind) => kind === word);

const wrong = (field: string, description: string): Violation => ({ field, description });

const given = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
