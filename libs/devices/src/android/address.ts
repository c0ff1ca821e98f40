import { NseError } from '@nse/space';

/** Where an adb server listens. */
export interface AdbAddress {
  readonly host: string;
  readonly port: number;
}

const standard: AdbAddress = { host: '127.0.0.1', port: 5037 };

/**
 * The address in `ADB_SERVER_SOCKET`: `tcp:HOST:PORT`, `tcp:[IPV6]:PORT` or `tcp:PORT`; without one adb's own, 127.0.0.1:5037. Raises
 * INVALID_ARGUMENT for anything else, also for `localfilesystem:` and `localabstract:`, which adb knows but the client here does not.
 */
export function adbAddress(socket: string | undefined): AdbAddress {
  if (socket === undefined || socket === '') return standard;
  const [, bracketed, plain, digits] =
    /^tcp:(?:(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):)?(\d{1,5})$/.exec(socket) ?? [];
  const port = Number(digits);
  if (digits !== undefined && port > 0 && port <= 65_535)
    return { host: bracketed ?? plain ?? standard.host, port };
  throw new NseError(
    'INVALID_ARGUMENT',
    `must be tcp:HOST:PORT or tcp:PORT, not ${JSON.stringify(socket)}; sockets in the file system cannot be used`,
    { field: 'ADB_SERVER_SOCKET' },
  );
}
