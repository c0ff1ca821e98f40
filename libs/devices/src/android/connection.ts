import { Client } from '@devicefarmer/adbkit';
import Command from '@devicefarmer/adbkit/dist/src/adb/command.js';
import Connection from '@devicefarmer/adbkit/dist/src/adb/connection.js';
import type Bluebird from 'bluebird';
import { NseError } from '@nse/space';
import { stopped } from '../clock.js';
import type { AdbAddress } from './address.js';

/** How long something may take, and what stops it. */
export interface Limit {
  readonly signal: AbortSignal;
  readonly withinMs: number;
}

/** Does not start a server where there is none, as adbkit would. */
class PlainConnection extends Connection {
  override startServer(): never {
    throw new Error('no adb server answers');
  }
}

/** Asks for a service, the adb server's or one of the device behind the connection. */
class Ask extends Command<void> {
  override execute(service: string): Bluebird<void> {
    this._send(service);
    return this.parser.readAscii(4).then((reply): Bluebird<void> | undefined => {
      if (reply === 'OKAY') return undefined;
      if (reply === 'FAIL') return this.parser.readError();
      return this.parser.unexpected(reply, 'OKAY or FAIL') as Bluebird<void>;
    });
  }
}

/** Connections to an adb server that others run: it is never started or stopped from here. */
export class AdbClient extends Client {
  constructor(readonly address: AdbAddress) {
    super({ host: address.host, port: address.port });
    // Errors of a connection reach whoever uses it; without a listener they would end the process too.
    this.on('error', () => undefined);
  }

  override connection(): Bluebird<Connection> {
    const connection = new PlainConnection(this.options);
    connection.on('error', () => undefined);
    return connection.connect();
  }

  /** Asks for one service after the other on a new connection, which is closed after its use. Errors as `overConnection`. */
  ask<T>(
    services: readonly string[],
    what: string,
    limit: Limit,
    use: (connection: Connection) => PromiseLike<T>,
  ): Promise<T> {
    return this.overConnection(what, limit, async (connection) => {
      for (const service of services) await new Ask(connection).execute(service);
      return use(connection);
    });
  }

  /**
   * Uses a new connection, which is closed afterwards. Raises ABORTED where the signal stopped it and UNAVAILABLE where it took too long
   * or the server or the device went away; `NseError`s of the use pass.
   */
  async overConnection<T>(
    what: string,
    { signal, withinMs }: Limit,
    use: (connection: Connection) => PromiseLike<T>,
  ): Promise<T> {
    let connection: Connection | undefined;
    let over = false;
    const connected = async () => {
      const made = await this.connection();
      connection = made;
      if (over) made.socket.destroy();
      return use(made);
    };
    const given = givenUp(what, { signal, withinMs });
    try {
      return await Promise.race([given.up, connected()]);
    } catch (error) {
      throw error instanceof NseError ? error : this.lost(what, error);
    } finally {
      over = true;
      given.clear();
      connection?.socket.destroy();
    }
  }

  /** UNAVAILABLE: it went away while we did that. */
  lost(what: string, cause: unknown): NseError {
    const said = cause instanceof Error ? cause.message : String(cause);
    const { host, port } = this.address;
    return new NseError('UNAVAILABLE', `${what}, by the adb server at ${host}:${port}: ${said}`, { cause });
  }
}

/** A promise that fails as soon as the limit is reached, and what lets go of the limit. */
function givenUp(what: string, { signal, withinMs }: Limit): { up: Promise<never>; clear: () => void } {
  let clear: () => void = () => undefined;
  const up = new Promise<never>((_, reject) => {
    const abort = () => reject(stopped(signal));
    const late = () =>
      reject(new NseError('UNAVAILABLE', `${what}: no answer in ${Math.round(withinMs / 1000)} s`));
    const timer = Number.isFinite(withinMs) ? setTimeout(late, withinMs) : undefined;
    signal.addEventListener('abort', abort, { once: true });
    clear = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    };
    if (signal.aborted) abort();
  });
  return { up, clear };
}
