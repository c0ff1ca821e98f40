import { randomBytes } from 'node:crypto';
import type Connection from '@devicefarmer/adbkit/dist/src/adb/connection.js';
import { NseError } from '@nse/space';
import type { AdbClient, Limit } from './connection.js';

/** How a script on a device ended and what it wrote. */
export interface Output {
  readonly code: number;
  readonly stdout: string;
  /** Empty where the device knows no second version of the shell's protocol: all is in `stdout` then. */
  readonly stderr: string;
}

/** Runs scripts on one device. */
export type Shell = (script: string, limit: Limit) => Promise<Output>;

/** Nothing that is run here says more. */
const MOST_BYTES = 4 * 1024 ** 2;

/** Kinds of packets of the shell's second protocol: a byte for the kind, four for the length, the bytes. */
const packet = { stdout: 1, stderr: 2, exit: 3 } as const;

/** The shell of a device: its second protocol tells exit codes; where it has only the first, a last line does. */
export function deviceShell(client: AdbClient, serial: string, features: ReadonlySet<string>): Shell {
  const transport = `host:transport:${serial}`;
  const what = `running a command on ${serial}`;
  if (features.has('shell_v2'))
    return (script, limit) =>
      client.ask([transport, `shell,v2,raw:${script}`], what, limit, (connection) =>
        packets(connection, what),
      );
  return async (script, limit) => {
    const mark = `nse-exit-${randomBytes(6).toString('hex')}`;
    const marked = `(\n${script}\n) 2>&1; echo "\n${mark}:$?"`;
    const said = await client.ask([transport, `shell:${marked}`], what, limit, (connection) =>
      connection.parser.readAll(),
    );
    return unmarked(said.toString(), mark, what);
  };
}

/** What the device can do, such as `shell_v2`. */
export function deviceFeatures(
  client: AdbClient,
  serial: string,
  limit: Limit,
): Promise<ReadonlySet<string>> {
  const what = `asking for the features of ${serial}`;
  return client.ask([`host-serial:${serial}:features`], what, limit, async ({ parser }) => {
    const list = await parser.readValue();
    return new Set(list.toString().split(','));
  });
}

async function packets({ parser }: Connection, what: string): Promise<Output> {
  const written: Record<number, Buffer[]> = { [packet.stdout]: [], [packet.stderr]: [] };
  const text = (kind: number) => Buffer.concat(written[kind] ?? []).toString();
  for (let total = 0; total <= MOST_BYTES;) {
    const head = await parser.readBytes(5);
    const length = head.readUInt32LE(1);
    if (length > MOST_BYTES) break;
    const bytes = await parser.readBytes(length);
    if (head[0] === packet.exit)
      return { code: bytes[0] ?? -1, stdout: text(packet.stdout), stderr: text(packet.stderr) };
    written[head[0] ?? -1]?.push(bytes);
    total += length;
  }
  throw new NseError('FAILED_PRECONDITION', `${what}: it wrote more than ${MOST_BYTES} bytes`);
}

function unmarked(said: string, mark: string, what: string): Output {
  const lines = said.replaceAll('\r\n', '\n');
  const at = lines.lastIndexOf(`\n${mark}:`);
  const [, code] = /^(\d+)/.exec(lines.slice(at + mark.length + 2)) ?? [];
  // Without its last line the device went away in the middle.
  if (at < 0 || code === undefined) throw new NseError('UNAVAILABLE', `${what}: it broke off`);
  return { code: Number(code), stdout: lines.slice(0, at), stderr: '' };
}
