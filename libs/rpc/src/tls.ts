import { readFileSync } from 'node:fs';
import { ChannelCredentials, ServerCredentials } from '@grpc/grpc-js';
import { NseError } from '@nse/space';

/** Paths of PEM files. A server with `ca` asks its clients for certificates; a client with `cert` shows its own. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The files that NSE_TLS_CA, NSE_TLS_CERT and NSE_TLS_KEY name; undefined where none of them is set. */
export function tlsFromEnvironment(env: NodeJS.ProcessEnv = process.env): TlsFiles | undefined {
  const named = { ca: env['NSE_TLS_CA'], cert: env['NSE_TLS_CERT'], key: env['NSE_TLS_KEY'] };
  const given = Object.entries(named).filter(([, file]) => file !== undefined && file !== '');
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/** Plain text where there are no files; that is only for addresses of this machine, and FAILED_PRECONDITION elsewhere. */
export function serverCredentials(address: string, tls: TlsFiles | undefined): ServerCredentials {
  if (tls === undefined) {
    requireLoopback(address);
    return ServerCredentials.createInsecure();
  }
  const pair = { private_key: read(tls.key, 'key'), cert_chain: read(tls.cert, 'cert') };
  const ca = tls.ca === undefined ? null : readFileSync(tls.ca);
  return ServerCredentials.createSsl(ca, [pair], ca !== null);
}

/** As `serverCredentials`, for a client. */
export function clientCredentials(address: string, tls: TlsFiles | undefined): ChannelCredentials {
  if (tls === undefined) {
    requireLoopback(address);
    return ChannelCredentials.createInsecure();
  }
  const file = (path: string | undefined) => (path === undefined ? null : readFileSync(path));
  return ChannelCredentials.createSsl(file(tls.ca), file(tls.key), file(tls.cert));
}

function read(path: string | undefined, what: string): Buffer {
  if (path === undefined) {
    throw new NseError('FAILED_PRECONDITION', `TLS needs a ${what} file`, { field: `tls.${what}` });
  }
  return readFileSync(path);
}

function requireLoopback(address: string): void {
  if (isLoopback(address)) return;
  const message = `${address} is reachable from other machines: plain text is for 127.0.0.1 only, give TLS files`;
  throw new NseError('FAILED_PRECONDITION', message, { field: 'address' });
}

/** Whether a gRPC address, `host:port` or `unix:path`, stays on this machine. */
export function isLoopback(address: string): boolean {
  if (address.startsWith('unix:')) return true;
  const host = address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
