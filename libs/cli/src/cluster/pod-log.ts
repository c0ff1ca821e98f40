import * as http from 'node:http';
import * as https from 'node:https';
import { text } from 'node:stream/consumers';
import { linesOf } from '../logs/log-line.js';
import { callMs } from '@nse/kubernetes';
import type { Place } from './kubeconfig.js';
import { refusalOf, toldOf } from './refusal.js';

export interface PodLogOptions {
  readonly follow: boolean;
  /** RFC 3339; a fraction of a second is not looked at. */
  readonly sinceTime?: string;
  readonly tailLines?: number;
  readonly signal: AbortSignal;
}

/** A line with its time as the cluster tells it, RFC 3339 with up to nine digits of the second. */
export interface PodLine {
  readonly time: string;
  readonly text: string;
}

/**
 * The log of a container; with `follow` up to its end. Ends early where the signal aborts. Raises what `toldOf` makes of a
 * refusal; nothing where the container has not started or its pod is gone. The client's own `Log` cannot tell an end from a break.
 */
export async function* podLog(
  place: Place,
  pod: string,
  container: string,
  options: PodLogOptions,
): AsyncGenerator<PodLine, void> {
  const { signal } = options;
  if (signal.aborted) return;
  const asked = { verb: 'get', resource: 'pods/log' };
  try {
    const response = await opened(place, urlOf(place, pod, container, options), signal);
    const { statusCode = 0 } = response;
    if (statusCode !== 200) {
      const refusal = refusalOf(statusCode, await text(response));
      // 400: the container has not started; 404: the pod is gone.
      if (statusCode === 400 || statusCode === 404) return;
      throw refusal;
    }
    for await (const line of linesOf(response.setEncoding('utf8') as AsyncIterable<string>)) {
      const space = line.indexOf(' ');
      yield { time: line.slice(0, space), text: line.slice(space + 1) };
    }
  } catch (error) {
    if (!hasEnded(signal)) throw toldOf(error, asked, place);
  }
}

const hasEnded = ({ aborted }: AbortSignal) => aborted;

function urlOf({ server, namespace }: Place, pod: string, container: string, options: PodLogOptions): URL {
  const { follow, sinceTime, tailLines } = options;
  const url = new URL(`${server}/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod)}/log`);
  const wanted = { container, follow, timestamps: true, sinceTime, tailLines };
  for (const [name, value] of Object.entries(wanted)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** The answer, once its first line is there. */
async function opened({ config }: Place, url: URL, signal: AbortSignal): Promise<http.IncomingMessage> {
  const credentials: https.RequestOptions = {};
  await config.applyToHTTPSOptions(credentials);
  const { request } = url.protocol === 'http:' ? http : https;
  return await new Promise((resolve, reject) => {
    const call = request(url, { ...credentials, signal }, (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    const timer = setTimeout(() => call.destroy(new Error('no answer in time')), callMs);
    call.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    call.end();
  });
}
