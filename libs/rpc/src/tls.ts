import { readFileSync } from 'node:fs';
import { ChannelCredentials, experimental, ServerCredentials } from '@grpc/grpc-js';
import { NseError } from '@nse/space';
import { FollowedCertificates } from './certificates.js';
import type { FollowOptions } from './followed-files.js';

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

/**
 * Plain text where there are no files; that is only for addresses of this machine, and FAILED_PRECONDITION elsewhere. Files
 * that change are taken up without a restart, for connections that are new.
 */
export function serverCredentials(
  address: string,
  tls: TlsFiles | undefined,
  follow: FollowOptions = {},
): ServerCredentials {
  if (tls === undefined) {
    requireLoopback(address);
    return ServerCredentials.createInsecure();
  }
  for (const part of ['key', 'cert'] as const) {
    if (tls[part] !== undefined) continue;
    throw new NseError('FAILED_PRECONDITION', `TLS needs a ${part} file`, { field: `tls.${part}` });
  }
  const files = new FollowedCertificates(tls, follow);
  const asksClients = tls.ca !== undefined;
  return experimental.createCertificateProviderServerCredentials(
    files,
    asksClients ? files : null,
    asksClients,
  );
}

/** As `serverCredentials`, for a client. */
export function clientCredentials(
  address: string,
  tls: TlsFiles | undefined,
  follow: FollowOptions = {},
): ChannelCredentials {
  if (tls === undefined) {
    requireLoopback(address);
    return ChannelCredentials.createInsecure();
  }
  if (tls.ca === undefined) {
    // The authorities that come with Node, which do not change while it runs.
    const file = (path: string | undefined) => (path === undefined ? null : readFileSync(path));
    return ChannelCredentials.createSsl(null, file(tls.key), file(tls.cert));
  }
  const files = new FollowedCertificates(tls, follow);
  return experimental.createCertificateProviderChannelCredentials(
    files,
    tls.cert === undefined ? null : files,
  );
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
