import { type ApiException, type ConfigurationOptions, Observable } from '@kubernetes/client-node';

/** A server that takes longer is as good as away. */
export const callMs = 15_000;

/** The options of a call that ends after a while, whatever the server does. */
export function bounded(): ConfigurationOptions {
  return {
    middlewareMergeStrategy: 'append',
    middleware: [
      {
        pre: (context) => {
          context.setSignal(AbortSignal.timeout(callMs));
          return new Observable(Promise.resolve(context));
        },
        post: (context) => new Observable(Promise.resolve(context)),
      },
    ],
  };
}

/** What the call gives; undefined where the server has no such object. Any other refusal is raised. */
export async function ifFound<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** The HTTP status of the answer; undefined where there was none. */
export function statusOf(error: unknown): number | undefined {
  return isAnswer(error) ? error.code : undefined;
}

/** By its shape: the client may be installed twice, and each copy has a class of its own. */
function isAnswer(error: unknown): error is Pick<ApiException<unknown>, 'code' | 'body'> {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && 'body' in error;
}

/** What the server said, or why it could not be asked. */
export function messageOf(error: unknown): string {
  if (!isAnswer(error)) return error instanceof Error ? error.message : String(error);
  const { body } = error;
  const said = typeof body === 'string' ? /"message":"((?:[^"\\]|\\.)*)"/.exec(body)?.[1] : messageIn(body);
  return said === undefined ? `HTTP status ${error.code}` : said.replaceAll('\\"', '"');
}

function messageIn(body: unknown): string | undefined {
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined;
  return typeof message === 'string' ? message : undefined;
}
