import { NseError } from '@nse/space';

/** Where an adb server or a phone listens. */
export interface AdbAddress {
  readonly host: string;
  readonly port: number;
}

const standard: AdbAddress = { host: '127.0.0.1', port: 5037 };
/** The one that `adb tcpip 5555` opens on a phone, by habit. */
const PHONE_PORT = 5555;
const host = String.raw`(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+))`;

/**
 * The address in `ADB_SERVER_SOCKET`: `tcp:HOST:PORT`, `tcp:[IPV6]:PORT` or `tcp:PORT`; without one adb's own, 127.0.0.1:5037. Raises
 * INVALID_ARGUMENT for anything else, also for `localfilesystem:` and `localabstract:`, which adb knows but the client here does not.
 */
export function adbAddress(socket: string | undefined): AdbAddress {
  if (socket === undefined || socket === '') return standard;
  const [, bracketed, plain, digits] = new RegExp(`^tcp:(?:${host}:)?(\\d{1,5})$`).exec(socket) ?? [];
  const port = Number(digits);
  if (isPort(port)) return { host: bracketed ?? plain ?? standard.host, port };
  throw new NseError(
    'INVALID_ARGUMENT',
    `must be tcp:HOST:PORT or tcp:PORT, not ${JSON.stringify(socket)}; sockets in the file system cannot be used`,
    { field: 'ADB_SERVER_SOCKET' },
  );
}

/**
 * The phones in `NSE_ADB_CONNECT`: `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT` with commas between; the port is 5555 unless given. Raises
 * INVALID_ARGUMENT with each that is none.
 */
export function phoneAddresses(phones: string | undefined): AdbAddress[] {
  const words = (phones ?? '').split(',').map((word) => word.trim());
  const addresses = words.flatMap((word) => (word === '' ? [] : [phoneAddress(word)]));
  const violations = addresses.filter((address) => typeof address === 'string').map(notAPhone);
  if (violations.length > 0) throw NseError.invalid(violations);
  return addresses.filter((address) => typeof address !== 'string');
}

/** As adb takes it in `adb connect`, and as it lists the phone. */
export function phoneSerial({ host, port }: AdbAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Gives back what is no address. */
function phoneAddress(word: string): AdbAddress | string {
  const [all, bracketed, plain, digits] = new RegExp(`^${host}(?::(\\d{1,5}))?$`).exec(word) ?? [];
  const port = digits === undefined ? PHONE_PORT : Number(digits);
  return all !== undefined && isPort(port) ? { host: bracketed ?? plain ?? '', port } : word;
}

function notAPhone(word: AdbAddress | string) {
  const description = `${JSON.stringify(word)} is not HOST, HOST:PORT or [IPV6]:PORT`;
  return { field: 'NSE_ADB_CONNECT', description };
}

const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port <= 65_535;
