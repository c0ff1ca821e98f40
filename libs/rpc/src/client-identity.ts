import { readFileSync } from 'node:fs';
import { CallCredentials, ChannelCredentials, Metadata } from '@grpc/grpc-js';
import { NseError } from '@nse/space';
import { clientCredentials, type TlsFiles } from './tls.js';

/** PEM files by their paths, or as bytes by their content: what came from a Secret is on no disk. */
export type ClientTls = { readonly [Part in keyof TlsFiles]: string | Buffer };

/** How a client shows who it is. */
export interface ClientIdentity {
  readonly tls?: ClientTls;
  /** Sent with each call as `authorization: Bearer ...`; asked for at each call, as it may change. Over TLS only. */
  readonly token?: () => string | Promise<string>;
}

/**
 * What a client connects with. Raises FAILED_PRECONDITION where an address beyond this machine is without TLS, or a token
 * anywhere.
 */
export function credentialsOf(address: string, { tls, token }: ClientIdentity): ChannelCredentials {
  if (token === undefined) return channelCredentials(address, tls);
  if (tls !== undefined) return channelCredentials(address, tls).compose(bearer(token));
  const message = 'a token is shown over TLS only: give TLS files';
  throw new NseError('FAILED_PRECONDITION', message, { field: 'token' });
}

function channelCredentials(address: string, tls: ClientTls | undefined): ChannelCredentials {
  if (tls === undefined || arePaths(tls)) return clientCredentials(address, tls);
  return ChannelCredentials.createSsl(contentOf(tls.ca), contentOf(tls.key), contentOf(tls.cert));
}

const arePaths = (tls: ClientTls): tls is TlsFiles =>
  [tls.ca, tls.cert, tls.key].every((part) => !Buffer.isBuffer(part));

const contentOf = (part: string | Buffer | undefined) =>
  part === undefined ? null : Buffer.isBuffer(part) ? part : readFileSync(part);

/** Shows the token with each call. */
function bearer(token: () => string | Promise<string>): CallCredentials {
  return CallCredentials.createFromMetadataGenerator((_, callback) => {
    // Within a promise: one that throws at once fails the call, and not the process.
    Promise.resolve()
      .then(token)
      .then(authorization)
      .then(
        (metadata) => callback(null, metadata),
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
      );
  });
}

function authorization(token: string): Metadata {
  // Checked here: grpc-js would tell the token in its error.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new NseError('INVALID_ARGUMENT', 'the token is not one line of visible ASCII characters');
  }
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}
