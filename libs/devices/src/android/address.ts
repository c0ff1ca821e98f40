import { NseError } from '@nse/space';

/** Where an adb server listens. */
export interface AdbAddress {
  readonly host: string;
  readonly port: number;
}

const standard: AdbAddress = { host: '127.0.0.1', port: 5037 };
/** The one that `adb tcpip 5555` opens on a phone, by habit. */
const PHONE_PORT = 5555;
const HOST = String.raw`\[[0-9a-fA-F:.]+\]|[\w.-]+`;

/**
 * The address in `ADB_SERVER_SOCKET`: `tcp:HOST:PORT`, `tcp:[IPV6]:PORT` or `tcp:PORT`; without one adb's own, 127.0.0.1:5037. Raises
 * INVALID_ARGUMENT for anything else, also for `localfilesystem:` and `localabstract:`, which adb knows but the client here does not.
 */
export function adbAddress(socket: string | undefined): AdbAddress {
  if (socket === undefined || socket === '') return standard;
  const [, host = standard.host, digits] = new RegExp(`^tcp:(?:(${HOST}):)?(\\d{1,5})$`).exec(socket) ?? [];
  const port = Number(digits);
  if (isPort(port)) return { host: host.replace(/^\[|\]$/g, ''), port };
  throw new NseError(
    'INVALID_ARGUMENT',
    `must be tcp:HOST:PORT or tcp:PORT, not ${JSON.stringify(socket)}; sockets in the file system cannot be used`,
    { field: 'ADB_SERVER_SOCKET' },
  );
}

/**
 * The phones in `NSE_ADB_CONNECT`, as adb lists them: `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT` with commas between; the port is 5555
 * unless given. Raises INVALID_ARGUMENT with each that is none.
 */
export function phoneSerials(phones: string | undefined): string[] {
  const words = (phones ?? '').split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()]));
  const violations = words
    .filter((word) => serialOf(word) === undefined)
    .map((word) => ({
      field: 'NSE_ADB_CONNECT',
      description: `${JSON.stringify(word)} is not HOST, HOST:PORT or [IPV6]:PORT`,
    }));
  if (violations.length > 0) throw NseError.invalid(violations);
  return words.flatMap((word) => serialOf(word) ?? []);
}

/** Undefined for what is no address. */
function serialOf(word: string): string | undefined {
  const [, host, port = String(PHONE_PORT)] = new RegExp(`^(${HOST})(?::(\\d{1,5}))?$`).exec(word) ?? [];
  return host !== undefined && isPort(Number(port)) ? `${host}:${Number(port)}` : undefined;
}

const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port <= 65_535;
