import { once } from 'node:events';
import type {
  handleServerStreamingCall,
  handleUnaryCall,
  ServerUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js';
import { NseError } from '@nse/space';
import { type Logger, metrics } from '@nse/telemetry';
import type { CallContext } from './handlers.js';
import type { InFlight } from './in-flight.js';
import { errorToStatus } from './status.js';

/** What all calls of a server share. */
export interface CallServing {
  /** Aborts when the server stops. */
  readonly draining: AbortSignal;
  readonly inFlight: InFlight;
  readonly log: Logger;
}

type Call<Q, R> = ServerUnaryCall<Q, R> | ServerWritableStream<Q, R>;

/** Answers single calls with what an async function returns. */
export function unary<Q, R>(
  handle: (request: Q, context: CallContext) => Promise<R>,
  { inFlight, log }: CallServing,
): handleUnaryCall<Q, R> {
  return (call, callback) => {
    const leave = inFlight.enter();
    const abort = abortWith(call);
    // Within a promise: a handler that throws at once fails its call, and not the process.
    Promise.resolve()
      .then(() => handle(requestOf(call), contextOf(call, abort.signal)))
      .then(
        (response) => callback(null, response),
        (error: unknown) => {
          report(log, call.getPath(), error);
          callback(errorToStatus(error));
        },
      )
      .finally(leave);
  };
}

/** Answers with a stream of what an async generator yields, no faster than the caller reads. */
export function streaming<Q, R>(
  generate: (request: Q, context: CallContext) => AsyncGenerator<R, void>,
  { draining, inFlight, log }: CallServing,
): handleServerStreamingCall<Q, R> {
  return (call) => {
    const leave = inFlight.enter();
    const abort = abortWith(call);
    const stop = () => abort.abort(draining.reason);
    draining.addEventListener('abort', stop, { once: true });
    if (draining.aborted) stop();
    // Within a promise, for the same reason: what makes the generator may throw too.
    Promise.resolve()
      .then(() => send(call, generate(requestOf(call), contextOf(call, abort.signal)), abort.signal))
      .then(() => {
        draining.throwIfAborted();
        call.end();
      })
      .catch((error: unknown) => {
        if (!draining.aborted) report(log, call.getPath(), error);
        // Whatever the generator made of the signal: the reader shall come again.
        call.emit('error', errorToStatus(draining.aborted ? draining.reason : error));
      })
      .finally(() => {
        draining.removeEventListener('abort', stop);
        leave();
      });
  };
}

/** Raises INVALID_ARGUMENT for bytes that are no message: then that error stands in the request's place. */
function requestOf<Q, R>({ request }: Call<Q, R>): Q {
  if (request instanceof NseError) throw request;
  return request;
}

async function send<Q, R>(
  call: ServerWritableStream<Q, R>,
  items: AsyncGenerator<R, void>,
  signal: AbortSignal,
): Promise<void> {
  for await (const item of items) {
    if (signal.aborted) return;
    if (call.write(item)) continue;
    // Aborted while the caller does not read: the generator is ended on the way out.
    await once(call, 'drain', { signal }).catch(() => undefined);
  }
}

function abortWith<Q, R>(call: Call<Q, R>): AbortController {
  const abort = new AbortController();
  call.on('cancelled', () => abort.abort(new NseError('ABORTED', 'the caller is gone')));
  return abort;
}

function contextOf<Q, R>(call: Call<Q, R>, signal: AbortSignal): CallContext {
  const deadline = call.getDeadline();
  const ms = typeof deadline === 'number' ? deadline : deadline.getTime();
  return { signal, deadline: Number.isFinite(ms) ? new Date(ms) : undefined, metadata: call.metadata };
}

/** The caller gets the message; what is our own fault is logged with its cause. */
function report(log: Logger, method: string, error: unknown): void {
  metrics.errors.inc({ source: 'call', code: NseError.from(error).code });
  if (error instanceof NseError && error.code !== 'INTERNAL')
    log.info({ method, code: error.code }, error.message);
  else log.error({ method, err: error }, 'call failed');
}
