import { accessSync, constants } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type Logger, metrics } from '@nse/telemetry';
import { connect, Events, type NatsConnection, type TlsOptions } from 'nats';
import { patiently } from './session.js';

/** PEM files by their paths, or as bytes by their content. With `cert` and `key` the client shows its own (mutual TLS). */
export interface NatsTls {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** The name that the server's certificate must have where the URL says another: behind a forwarded port. */
  readonly serverName?: string;
}

export interface ConnectionState {
  /** Whether the server can be reached now. */
  connected(): boolean;
  /** Calls the listener after each return of the server; the result ends that. */
  onReturn(listener: () => void): () => void;
}

/** Connects, and goes on connecting for as long as the process lives; only the first connection has a time limit. */
export async function openConnection(
  url: string,
  name: string,
  tls: NatsTls | undefined,
  patienceMs: number,
): Promise<NatsConnection> {
  const options = {
    servers: url.split(','),
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 100,
    pingInterval: 10_000,
    maxPingOut: 3,
    timeout: 5_000,
    noAsyncTraces: true,
    ...(tls === undefined ? {} : { tls: tlsOptions(tls) }),
    // The addresses that servers tell of each other lead nowhere from outside.
    ...(tls?.serverName === undefined ? {} : { ignoreClusterUpdates: true }),
  };
  return await patiently(`connect to ${url}`, patienceMs, () => connect(options));
}

/**
 * Files go by their paths: the client reads them at each connection, so that renewed ones are taken up at the next one
 * without a restart. Raises an error for a file that cannot be read now.
 */
function tlsOptions({ serverName, ca, cert, key }: NatsTls): TlsOptions & { servername?: string } {
  return {
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...part(ca, 'ca', 'caFile'),
    ...part(cert, 'cert', 'certFile'),
    ...part(key, 'key', 'keyFile'),
  };
}

function part(given: string | Buffer | undefined, content: string, file: string): Record<string, string> {
  if (given === undefined) return {};
  if (typeof given !== 'string') return { [content]: given.toString('utf8') };
  accessSync(given, constants.R_OK);
  return { [file]: given };
}

/** Follows a connection through losses and returns, and logs them. */
export function watchConnection(nc: NatsConnection, log: Logger): ConnectionState {
  let connected = true;
  metrics.natsConnected.set(1);
  const listeners = new Set<() => void>();
  void (async () => {
    for await (const { type } of nc.status()) {
      if (type === Events.Disconnect) connected = false;
      else if (type === Events.Reconnect) connected = true;
      else continue;
      metrics.natsConnected.set(connected ? 1 : 0);
      if (connected) metrics.natsReconnects.inc();
      log.warn(connected ? 'connected to NATS again' : 'lost NATS; connecting again');
      if (connected) for (const listener of [...listeners]) listener();
    }
    connected = false;
    metrics.natsConnected.set(0);
  })();
  return {
    connected: () => connected && !nc.isClosed(),
    onReturn: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Closes the connection, after what is buffered has been sent where there is a server to send it to. */
export async function closeConnection(nc: NatsConnection, connected: boolean): Promise<void> {
  if (nc.isClosed()) return;
  if (connected) await Promise.race([nc.drain(), delay(5_000, undefined, { ref: false })]);
  await nc.close();
}
