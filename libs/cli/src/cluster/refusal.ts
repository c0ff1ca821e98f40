import { ApiException } from '@kubernetes/client-node';
import { statusOf as answeredStatus } from '@nse/kubernetes';
import { NseError } from '@nse/space';
import type { Place } from './kubeconfig.js';

/** What was asked of the API server: `verb` and `resource` as a Role names them. */
export interface Asked {
  readonly verb: string;
  readonly resource: string;
}

/** An answer of the API server that is no success. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The HTTP status of the API server's answer; undefined where there was none. */
export function statusOf(error: unknown): number | undefined {
  if (error instanceof Refusal) return error.status;
  return answeredStatus(error);
}

/**
 * What a person is told: PERMISSION_DENIED, with the right that is missing, or UNAUTHENTICATED where the server refuses; UNAVAILABLE where it does
 * not answer, or not now.
 */
export function toldOf(error: unknown, { verb, resource }: Asked, place: Place): NseError {
  if (error instanceof NseError) return error;
  const { context, namespace, server } = place;
  const status = statusOf(error);
  const said = wordsOf(error);
  if (status === 403) {
    const needed = `you need the right to ${verb} ${resource} in namespace ${namespace}`;
    return new NseError('PERMISSION_DENIED', `${needed} (context ${context}): ${said}`, { cause: error });
  }
  if (status === 401) {
    const message = `the API server ${server} does not accept the credentials of context ${context}: ${said}`;
    return new NseError('UNAUTHENTICATED', message, { cause: error });
  }
  const message =
    status === undefined
      ? `the API server ${server} (context ${context}) cannot be reached: ${said}`
      : `the API server ${server} (context ${context}) could not ${verb} ${resource}: ${said}`;
  return new NseError('UNAVAILABLE', message, { cause: error });
}

/** What the server said, or why it could not be asked. */
function wordsOf(error: unknown): string {
  if (error instanceof ApiException) return messageIn(error.body) ?? `HTTP status ${error.code}`;
  if (!(error instanceof Error)) return messageIn(error) ?? String(error);
  return error.name === 'AbortError' || error.name === 'TimeoutError' ? 'no answer in time' : error.message;
}

/** The message of a Status, which may come as text. */
function messageIn(body: unknown): string | undefined {
  if (typeof body === 'string') {
    try {
      return messageIn(JSON.parse(body));
    } catch {
      return undefined;
    }
  }
  if (typeof body !== 'object' || body === null || !('message' in body)) return undefined;
  return typeof body.message === 'string' ? body.message : undefined;
}

/** The same of an answer's whole body. */
export function refusalOf(status: number, body: string): Refusal {
  return new Refusal(status, messageIn(body) ?? `HTTP status ${status}`);
}
