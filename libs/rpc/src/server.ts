import { setTimeout as delay } from 'node:timers/promises';
import {
  type MethodDefinition,
  Server,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { NseError } from '@nse/space';
import { logger, type Logger } from '@nse/telemetry';
import type { AccessOptions } from './access.js';
import { type CallServing, streaming, unary } from './call.js';
import { constructors, servicePackage } from './definition.js';
import { startGuard } from './guard.js';
import type { CallContext, Handlers } from './handlers.js';
import { bind, type HealthPort, healthOf, openHealthPort } from './health.js';
import { InFlight } from './in-flight.js';
import { serverChannel } from './keepalive.js';
import { meterCalls } from './meter-calls.js';
import { reflectedDefinition, standardServices } from './reflected.js';
import type { ServiceName } from './services.js';
import { serverCredentials, type TlsFiles } from './tls.js';

/** The handlers of each service that the server offers. */
export type Implementations = { readonly [S in ServiceName]?: Handlers<S> };

export interface ServerOptions {
  readonly name: string;
  /** `host:port`; port 0 takes a free one. */
  readonly address: string;
  readonly implementations: Implementations;
  /** `host:port` where health checks are answered too, in plain text and nothing else; none unless given. */
  readonly healthAddress?: string;
  readonly tls?: TlsFiles;
  /** Who may call what; everyone everything unless given. */
  readonly access?: AccessOptions;
  /** How often files are looked at for a change, in ms; 5,000 unless given. */
  readonly followMs?: number;
  readonly log?: Logger;
  /** How long calls under way may take once the server stops, in ms; 30,000 unless given. */
  readonly drainMs?: number;
}

export interface RunningServer {
  /** Where it listens, with the real port. */
  readonly address: string;
  readonly port: number;
  /** Where the port for health checks alone listens, where one was asked for. */
  readonly healthAddress?: string;
  /** Tells health checks whether to send calls here. */
  setServing(serving: boolean): void;
  /** Takes no more calls, ends streams, waits for calls under way, then ends them. */
  stop(): Promise<void>;
}

/**
 * Starts a gRPC server with health checks (grpc.health.v1) and reflection. Raises FAILED_PRECONDITION for an address
 * beyond this machine without TLS files, UNAVAILABLE where the address is taken, and what `startGuard` raises.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const log = options.log ?? logger(options.name);
  const credentials = serverCredentials(options.address, options.tls, { log, everyMs: options.followMs });
  const guard = options.access && startGuard(options.access, log, options.followMs);
  const draining = new AbortController();
  const serving = { draining: draining.signal, inFlight: new InFlight(), log };
  const server = new Server({
    ...serverChannel,
    interceptors: [meterCalls, ...(guard === undefined ? [] : [guard.interceptor])],
  });
  const names = Object.keys(options.implementations) as ServiceName[];
  for (const name of names) {
    const handlers = options.implementations[name];
    if (handlers !== undefined) server.addService(definitionOf(name), wrap(name, handlers, serving));
  }
  const served = names.map((name) => `${servicePackage}.${name}`);
  const health = healthOf(served);
  health.addToServer(server);
  const offered = { services: [...served, ...standardServices] };
  new ReflectionService(reflectedDefinition(), offered).addToServer(server);
  const port = await bind(server, options.address, credentials);
  const address = options.address.replace(/:\d+$/, `:${port}`);
  const healthPort = await openedHealthPort(options.healthAddress, health, server);
  log.info({ address, services: served, health: healthPort?.address }, 'listening');
  const setServing = (serving: boolean) => {
    for (const name of ['', ...served]) health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
  };
  return {
    address,
    port,
    ...(healthPort === undefined ? {} : { healthAddress: healthPort.address }),
    setServing,
    stop: async () => {
      setServing(false);
      draining.abort(new NseError('UNAVAILABLE', 'the server stops; call again'));
      await shutDown(server, serving.inFlight, options.drainMs ?? 30_000);
      guard?.stop();
      // Last, so that probes learn that the server drains.
      healthPort?.stop();
    },
  };
}

/**
 * The service's definition, but that bytes which are no message come to the handler as the error that they are: grpc-js
 * would call them an INTERNAL one.
 */
function definitionOf(name: ServiceName): ServiceDefinition {
  const methods = Object.entries<MethodDefinition<object, object>>(constructors[name].service);
  return Object.fromEntries(
    methods.map(([key, method]) => {
      const requestDeserialize = (bytes: Buffer): object => {
        try {
          return method.requestDeserialize(bytes);
        } catch (cause) {
          const message = 'the bytes are no message of the type that the method takes';
          return new NseError('INVALID_ARGUMENT', message, { field: 'request', cause });
        }
      };
      return [key, { ...method, requestDeserialize }];
    }),
  );
}

type AnyHandler = (
  request: unknown,
  context: CallContext,
) => Promise<unknown> | AsyncGenerator<unknown, void>;

/** Our handlers as grpc-js calls them; the definition says which of them stream. */
function wrap(name: ServiceName, handlers: object, serving: CallServing): UntypedServiceImplementation {
  const typed = handlers as Record<string, AnyHandler | undefined>;
  const wrapped: UntypedServiceImplementation = {};
  for (const [method, definition] of Object.entries(constructors[name].service)) {
    const handler = typed[method.charAt(0).toLowerCase() + method.slice(1)];
    if (handler === undefined) continue;
    wrapped[method] = definition.responseStream
      ? streaming(
          handler as (request: unknown, context: CallContext) => AsyncGenerator<unknown, void>,
          serving,
        )
      : unary(handler as (request: unknown, context: CallContext) => Promise<unknown>, serving);
  }
  return wrapped;
}

/** A server that cannot have its health port does not stay behind with the other one open. */
async function openedHealthPort(
  address: string | undefined,
  health: ReturnType<typeof healthOf>,
  server: Server,
): Promise<HealthPort | undefined> {
  if (address === undefined) return undefined;
  try {
    return await openHealthPort(address, health);
  } catch (error) {
    server.forceShutdown();
    throw error;
  }
}

/** How long answers may take to leave once no handler runs any more. */
const flushMs = 1_000;

async function shutDown(server: Server, inFlight: InFlight, drainMs: number): Promise<void> {
  // An error here means that the server was stopped already.
  const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  const limit = new AbortController();
  const wait = (ms: number) => delay(ms, undefined, { signal: limit.signal }).catch(() => undefined);
  // Health watches of idle clients stay open for ever: they must not hold the server up.
  await Promise.race([closed, inFlight.idle().then(() => wait(flushMs)), wait(drainMs)]);
  server.forceShutdown();
  await closed;
  limit.abort();
}
