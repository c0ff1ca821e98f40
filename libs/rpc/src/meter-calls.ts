import {
  type ServerInterceptor,
  ServerInterceptingCall,
  ServerListenerBuilder,
  status,
  type ServerMethodDefinition,
} from '@grpc/grpc-js';
import { metrics } from '@nse/telemetry';

interface CallLabels {
  readonly grpc_type: 'unary' | 'client_stream' | 'server_stream' | 'bidi_stream';
  readonly grpc_service: string;
  readonly grpc_method: string;
}

/** One entry for each method that is offered: calls of others never come to an interceptor. */
const known = new Map<string, CallLabels>();

/**
 * Counts and times calls by method and status. First of a server's interceptors, so that it sees what the others refuse. A call
 * whose caller went away is CANCELLED.
 */
export const meterCalls: ServerInterceptor = (method, call) => {
  const labels = labelsOf(method);
  const began = performance.now();
  let over = false;
  const end = (code: status) => {
    if (over) return;
    over = true;
    metrics.callsHandled.inc({ ...labels, grpc_code: status[code] });
    metrics.callSeconds.observe(labels, (performance.now() - began) / 1_000);
  };
  metrics.callsStarted.inc(labels);
  return new ServerInterceptingCall(call, {
    start: (next) => {
      next(new ServerListenerBuilder().withOnCancel(() => end(status.CANCELLED)).build());
    },
    sendStatus: (sent, next) => {
      // What others call a status of a number that gRPC does not know is none of its names.
      end(sent.code in status ? sent.code : status.UNKNOWN);
      next(sent);
    },
  });
};

function labelsOf<Q, R>(method: ServerMethodDefinition<Q, R>): CallLabels {
  const found = known.get(method.path);
  if (found !== undefined) return found;
  const [, service = '', name = ''] = method.path.split('/');
  const labels = { grpc_type: typeOf(method), grpc_service: service, grpc_method: name };
  known.set(method.path, labels);
  return labels;
}

function typeOf<Q, R>({
  requestStream,
  responseStream,
}: ServerMethodDefinition<Q, R>): CallLabels['grpc_type'] {
  if (requestStream) return responseStream ? 'bidi_stream' : 'client_stream';
  return responseStream ? 'server_stream' : 'unary';
}
