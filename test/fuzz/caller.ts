import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { statusToError } from '@nse/rpc';
import { type NseError, ERROR_CODES } from '@nse/space';
import { checkField } from './named.js';
import type { Call } from './proto.js';

/** How long an answer may take on a slow machine; later counts as a hang. */
const HANG_MS = 30_000;
/** A stream may have nothing to say yet: it is left after this. */
const STREAM_MS = 150;

/** How a call ended: `answered`, or left while it streamed, or refused. */
export type Ending = 'answered' | NseError;

/** Calls methods with bytes as they are, whatever they are. */
export class Caller {
  private readonly client: Client;

  constructor(readonly address: string) {
    this.client = new Client(address, credentials.createInsecure());
  }

  close(): void {
    this.client.close();
  }

  /** Raises where the call ends in a way that no caller should see. */
  async check(call: Call, bytes: Uint8Array): Promise<Ending> {
    const failure = await (call.streams ? this.stream(call, bytes) : this.single(call, bytes));
    if (failure === undefined) return 'answered';
    const name = status[failure.code];
    if (!ERROR_CODES.some((known) => known === name) || name === 'INTERNAL') {
      throw new Error(`${call.path} ended with ${name}: ${failure.details}`);
    }
    const error = statusToError(failure);
    checkField(error);
    return error;
  }

  /** Whether the server has the method at all. */
  async has(call: Call): Promise<boolean> {
    const failure = await (call.streams
      ? this.stream(call, new Uint8Array())
      : this.single(call, new Uint8Array()));
    return failure?.code !== status.UNIMPLEMENTED;
  }

  private single({ path }: Call, bytes: Uint8Array): Promise<ServiceError | undefined> {
    return new Promise((resolve) => {
      const options = { deadline: Date.now() + HANG_MS };
      this.client.makeUnaryRequest(path, asIs, asIs, Buffer.from(bytes), new Metadata(), options, (error) =>
        resolve(error ?? undefined),
      );
    });
  }

  private stream({ path }: Call, bytes: Uint8Array): Promise<ServiceError | undefined> {
    return new Promise((resolve) => {
      const options = { deadline: Date.now() + HANG_MS };
      const stream = this.client.makeServerStreamRequest(
        path,
        asIs,
        asIs,
        Buffer.from(bytes),
        new Metadata(),
        options,
      );
      let left = false;
      const leave = () => {
        left = true;
        stream.cancel();
        resolve(undefined);
      };
      const timer = setTimeout(leave, STREAM_MS);
      stream.on('data', () => undefined);
      stream.on('end', () => resolve(undefined));
      stream.on('error', (error: ServiceError) => {
        clearTimeout(timer);
        resolve(left ? undefined : error);
      });
      stream.on('close', () => clearTimeout(timer));
    });
  }
}

const asIs = (bytes: Buffer): Buffer => bytes;
