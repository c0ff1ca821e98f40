import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ClientIdentity, ClientTls } from '@nse/rpc';
import { NseError } from '@nse/space';
import type { ClusterApi } from './api.js';
import type { ClusterChoice } from './choice.js';

/** The Secrets of a namespace that are for its users. */
const certificateSecret = 'client-tls';
const tokenSecret = 'client-token';

/** What a client shows to services and NATS. */
export interface Identity extends ClientIdentity {
  readonly tls: ClientTls;
}

/**
 * What the user named, else what the namespace's Secrets for users hold, else, for the certificate, the folder that
 * `k8s/certificates` fills. Raises FAILED_PRECONDITION, saying where one can be had, where there is no certificate.
 */
export async function identityOf(api: ClusterApi, choice: ClusterChoice, folder: string): Promise<Identity> {
  const tls = await certificateOf(api, choice, folder);
  const token = await tokenOf(api, choice);
  return token === undefined ? { tls } : { tls, token };
}

async function certificateOf(api: ClusterApi, { tls }: ClusterChoice, folder: string): Promise<ClientTls> {
  if (tls !== undefined) return checked(tls);
  const { found, why } = await lookUp(api, certificateSecret);
  const parts = { ca: found?.get('ca.crt'), cert: found?.get('tls.crt'), key: found?.get('tls.key') };
  const { ca, cert, key } = parts;
  if (ca !== undefined && cert !== undefined && key !== undefined) return { ca, cert, key };
  const files = {
    ca: path.join(folder, 'ca.crt'),
    cert: path.join(folder, 'client.crt'),
    key: path.join(folder, 'client.key'),
  };
  if (Object.values(files).every((file) => existsSync(file))) return files;
  const secret = `the Secret ${certificateSecret} of namespace ${api.place.namespace}`;
  const lacking = found === undefined ? why : 'lacks ca.crt, tls.crt or tls.key';
  const message = `there is no client certificate: ${secret} ${lacking}, and ${folder} has none; k8s/certificates makes one, or name files by --tls-ca, --tls-cert and --tls-key`;
  throw new NseError('FAILED_PRECONDITION', message, { reason: 'NoCertificate' });
}

/** The values of a Secret; where they cannot be had, why, as words that go on after its name. */
async function lookUp(
  api: ClusterApi,
  name: string,
): Promise<{ readonly found?: ReadonlyMap<string, Buffer>; readonly why: string }> {
  try {
    const found = await api.secret(name);
    return found === undefined ? { why: 'is not there' } : { found, why: '' };
  } catch (error) {
    if (!(error instanceof NseError) || error.code !== 'PERMISSION_DENIED') throw error;
    return { why: 'may not be read by you' };
  }
}

/** The files, if they can be read: a path that is wrong shall not look like a server that is away. */
function checked(tls: ClientTls): ClientTls {
  for (const [part, file] of Object.entries(tls)) {
    try {
      readFileSync(file);
    } catch (cause) {
      throw unreadable(`--tls-${part}`, cause);
    }
  }
  return tls;
}

async function tokenOf(api: ClusterApi, { tokenFile }: ClusterChoice): Promise<ClientIdentity['token']> {
  if (tokenFile !== undefined) {
    // At each call: whoever keeps the file may renew it.
    const read = async () => (await readFile(tokenFile, 'utf8')).trim();
    await read().catch((cause: unknown) => {
      throw unreadable('--token-file', cause);
    });
    return read;
  }
  const token = (await lookUp(api, tokenSecret)).found?.get('token');
  if (token === undefined) return undefined;
  const text = token.toString('utf8').trim();
  return () => text;
}

function unreadable(option: string, cause: unknown): NseError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new NseError('INVALID_ARGUMENT', `the file of ${option} cannot be read: ${why}`, { cause });
}
