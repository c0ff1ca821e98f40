import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { PortForward } from '@kubernetes/client-node';
import { callMs } from '@nse/kubernetes';
import type { Place } from './kubeconfig.js';
import { Refusal, toldOf } from './refusal.js';
import type { Target } from './target.js';

/** What is used of a WebSocket. */
interface WebSocketLike {
  readonly readyState: number;
  close(): void;
  terminate?(): void;
  on(event: 'close', listener: () => void): unknown;
}

/**
 * Joins a connection to a pod's port through the API server; both ends close together. Resolves once the API server has agreed;
 * what kubelet says later, such as that nothing listens on the port, comes by `complain`. Raises what `toldOf` makes of a refusal.
 */
export async function tunnel(
  place: Place,
  { pod, port }: Target,
  socket: Socket,
  complain: (words: string) => void,
): Promise<void> {
  const complaints = new Writable({
    write: (chunk: Buffer, _, done) => {
      if (chunk.length > 0) {
        complain(chunk.toString().trim());
        socket.destroy();
      }
      done();
    },
  });
  const opening = new PortForward(place.config).portForward(
    place.namespace,
    pod,
    [port],
    socket,
    complaints,
    socket,
  ) as Promise<unknown> as Promise<WebSocketLike>;
  const webSocket = await inTime(opening).catch((error: unknown) => {
    throw toldOf(upgradeRefusal(error), { verb: 'get and create', resource: 'pods/portforward' }, place);
  });
  const close = () => end(webSocket);
  webSocket.on('close', () => socket.destroy());
  socket.on('close', close);
  // Closed meanwhile, on this side or that one.
  if (socket.destroyed) close();
  else if (webSocket.readyState > 1) socket.destroy();
}

/** An orderly end would wait for the other side, which may be gone. */
function end(webSocket: WebSocketLike): void {
  if (webSocket.terminate) webSocket.terminate();
  else webSocket.close();
}

async function inTime(opening: Promise<WebSocketLike>): Promise<WebSocketLike> {
  let late = false;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      late = true;
      reject(new Error('no answer in time'));
    }, callMs);
  });
  opening.then(
    (webSocket) => {
      if (late) end(webSocket);
    },
    () => undefined,
  );
  try {
    return await Promise.race([opening, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** ws tells of an answer that is no upgrade by an event with a sentence. */
function upgradeRefusal(event: unknown): unknown {
  const error = event instanceof Error ? event : errorIn(event);
  const status = /^Unexpected server response: (\d{3})$/.exec(error.message)?.[1];
  return status === undefined ? error : new Refusal(Number(status), `HTTP status ${status}`);
}

function errorIn(event: unknown): Error {
  const inner = typeof event === 'object' && event !== null && 'error' in event ? event.error : event;
  return inner instanceof Error ? inner : new Error(String(inner));
}
