import { setTimeout as delay } from 'node:timers/promises';
import { NseError } from '@nse/space';
import type { Logger } from '@nse/telemetry';
import type { ConnectionState } from './connection.js';
import { ErrorCode, type JetStreamClient, type JetStreamManager, type NatsConnection, NatsError } from 'nats';

/** A connection with its JetStream handles: what the parts of the bus share. */
export interface Session {
  /** Who is connected: a service or a worker. */
  readonly name: string;
  readonly nc: NatsConnection;
  readonly connection: ConnectionState;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  readonly log: Logger;
  /** How long a call outlasts a server that is away, in ms. */
  readonly patienceMs: number;
  readonly replicas: number;
}

/**
 * Calls `attempt` until it succeeds, fails for good, or `patienceMs` have passed while the server was away; then raises
 * UNAVAILABLE, as at once where the connection is being closed. `attempt` learns by `unsure` whether an earlier try may have taken effect although no answer came.
 */
export async function patiently<T>(
  what: string,
  patienceMs: number,
  attempt: (unsure: boolean) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  let unsure = false;
  for (let pauseMs = 50; ; pauseMs = Math.min(2 * pauseMs, 2_000)) {
    signal?.throwIfAborted();
    try {
      return await attempt(unsure);
    } catch (error) {
      if (!isPassing(error)) throw asNseError(what, error);
      if (performance.now() + pauseMs > deadline) throw asNseError(what, error);
      unsure = true;
    }
    await delay(pauseMs, undefined, signal === undefined ? {} : { signal });
  }
}

const passing = new Set<string>([
  ErrorCode.Timeout,
  ErrorCode.NoResponders,
  ErrorCode.ConnectionRefused,
  ErrorCode.ConnectionTimeout,
  ErrorCode.Disconnect,
  ErrorCode.JetStream408RequestTimeout,
]);

/**
 * What the system says of a connection to a server that is away or breaks off; the client wraps but one of them. Of a server in
 * Kubernetes whose pod is being replaced there is no address for a while.
 */
const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** Whether the error is that of a server that is away or starting. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof NatsError)) return unreachable.has(systemCode(error));
  return passing.has(error.code) || error.api_error?.code === 503;
}

function systemCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

/** What a connection says that this process is just closing: another process answers. */
const closing = new Set<string>([ErrorCode.ConnectionClosed, ErrorCode.ConnectionDraining]);

function isClosing(error: unknown): boolean {
  return error instanceof NatsError && closing.has(error.code);
}

/** JetStream's number for the error, where it gave one. */
export function apiErrorCode(error: unknown): number | undefined {
  return error instanceof NatsError ? error.api_error?.err_code : undefined;
}

/** JetStream's error numbers that the bus tells apart. */
export const apiErrors = {
  wrongLastSequence: 10071,
  streamNotFound: 10059,
  streamNameInUse: 10058,
  consumerNotFound: 10014,
  /** Under the old and the new way to create one, where it is asked for with other settings. */
  consumerExists: [10013, 10148],
  messageNotFound: 10037,
  storeFull: [10047, 10077],
} as const;

/** Whether a stream that keeps one message a subject has that one already. */
export function isSubjectFull(error: unknown): boolean {
  return (
    error instanceof NatsError && (error.api_error?.description.includes('messages per subject') ?? false)
  );
}

const refusals = new Set<string>([
  ErrorCode.PermissionsViolation,
  ErrorCode.AuthorizationViolation,
  ErrorCode.MaxPayloadExceeded,
]);

/** Whether the server has answered, and would answer the same again. What it does not find may be there later. */
function isRefusal(error: unknown): boolean {
  return error instanceof NatsError && (error.api_error?.code === 400 || refusals.has(error.code));
}

function asNseError(what: string, error: unknown): NseError {
  if (error instanceof NseError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const message = `cannot ${what}: ${reason}`;
  if (isPassing(error) || isClosing(error)) return new NseError('UNAVAILABLE', message, { cause: error });
  const full =
    apiErrors.storeFull.some((code) => code === apiErrorCode(error)) ||
    reason.includes('no space left on device');
  if (full) return new NseError('RESOURCE_EXHAUSTED', message, { cause: error });
  // One odd answer must not end a search for good.
  return new NseError('INTERNAL', message, { retryable: !isRefusal(error), cause: error });
}
