import { Metadata, type Client as GrpcClient, type ServiceError } from '@grpc/grpc-js';
import { type ClientIdentity, credentialsOf } from './client-identity.js';
import { constructors } from './definition.js';
import type { IsStream, MethodName, Shapes } from './handlers.js';
import { clientChannel } from './keepalive.js';
import { serviceConfig } from './retry.js';
import type { ServiceName } from './services.js';
import { statusToError } from './status.js';

/** How long a single call may take, and how long a stream may stay open, unless the client is told otherwise. */
export const defaultDeadlines = { callMs: 30_000, streamMs: 86_400_000 } as const;

export interface ClientOptions extends ClientIdentity {
  /** The name that the server's certificate must have where the address says another: behind a forwarded port. */
  readonly serverName?: string;
  /** How long a single call may take, in ms; 30,000 unless given. */
  readonly deadlineMs?: number;
  /** How long a stream may stay open, in ms; a day unless given. */
  readonly streamDeadlineMs?: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** In place of the client's. */
  readonly deadlineMs?: number;
  readonly metadata?: Metadata;
  /** Waits, up to the deadline, for a server that is not there yet. */
  readonly waitForReady?: boolean;
}

/** The methods of a service as functions. They raise `NseError`; a stream ends early where its signal aborts. */
export type Client<S extends ServiceName> = {
  readonly [M in MethodName<S> as Uncapitalize<M>]: (
    request: Shapes<S, M>['request'],
    options?: CallOptions,
  ) => IsStream<S, M> extends true
    ? AsyncGenerator<Shapes<S, M>['readResponse'], void>
    : Promise<Shapes<S, M>['readResponse']>;
} & { close(): void };

/**
 * A client of one service. Calls that may be repeated, as the proto file says of each method, are repeated while the
 * server is UNAVAILABLE. Raises FAILED_PRECONDITION for an address beyond this machine, or a token, without TLS files.
 */
export function createClient<S extends ServiceName>(
  service: S,
  address: string,
  options: ClientOptions = {},
): Client<S> {
  const { service: definition } = constructors[service];
  const channel = {
    ...clientChannel,
    'grpc.service_config': JSON.stringify(serviceConfig(definition)),
    ...(options.serverName === undefined ? {} : named(options.serverName)),
  };
  const client = new constructors[service](address, credentialsOf(address, options), channel);
  const methods: Record<string, unknown> = { close: () => client.close() };
  for (const [name, method] of Object.entries(definition)) {
    methods[keyOf(name)] = method.responseStream
      ? (request: unknown, call: CallOptions = {}) =>
          readStream(client, method, request, {
            deadlineMs: options.streamDeadlineMs ?? defaultDeadlines.streamMs,
            ...call,
          })
      : (request: unknown, call: CallOptions = {}) =>
          callOnce(client, method, request, {
            deadlineMs: options.deadlineMs ?? defaultDeadlines.callMs,
            ...call,
          });
  }
  return methods as unknown as Client<S>;
}

const named = (serverName: string) => ({
  'grpc.ssl_target_name_override': serverName,
  'grpc.default_authority': serverName,
});

/** A method's name as that of a function. */
export const keyOf = (method: string) => method.charAt(0).toLowerCase() + method.slice(1);

type Method = (typeof constructors)[ServiceName]['service'][string];
type Resolved = CallOptions & { readonly deadlineMs: number };

function callOnce(client: GrpcClient, method: Method, request: unknown, options: Resolved): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      metadataOf(options),
      { deadline: Date.now() + options.deadlineMs },
      (error, response) => {
        options.signal?.removeEventListener('abort', cancel);
        if (error === null) resolve(response);
        else reject(statusToError(error));
      },
    );
    const cancel = () => call.cancel();
    options.signal?.addEventListener('abort', cancel, { once: true });
    if (options.signal?.aborted === true) cancel();
  });
}

async function* readStream(
  client: GrpcClient,
  method: Method,
  request: unknown,
  options: Resolved,
): AsyncGenerator<unknown, void> {
  const { signal } = options;
  if (signal?.aborted === true) return;
  const call = client.makeServerStreamRequest(
    method.path,
    method.requestSerialize,
    method.responseDeserialize,
    request,
    metadataOf(options),
    { deadline: Date.now() + options.deadlineMs },
  );
  const cancel = () => call.cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    for await (const item of call) yield item;
  } catch (error) {
    if (wasCancelled(signal)) return;
    throw isServiceError(error) ? statusToError(error) : error;
  } finally {
    signal?.removeEventListener('abort', cancel);
    // Left early: the error that the cancelled call ends with is ours alone.
    call.on('error', () => undefined);
    cancel();
  }
}

const wasCancelled = (signal: AbortSignal | undefined) => signal?.aborted === true;

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'metadata' in error;
}

function metadataOf(options: CallOptions): Metadata {
  const metadata = options.metadata?.clone() ?? new Metadata();
  metadata.setOptions({ waitForReady: options.waitForReady ?? false });
  return metadata;
}
