import { Server, ServerCredentials } from '@grpc/grpc-js';
import { NseError } from '@nse/space';
import { HealthImplementation } from 'grpc-health-check';
import { serverChannel } from './keepalive.js';

/** A port for health checks alone. */
export interface HealthPort {
  /** Where it listens, with the real port. */
  readonly address: string;
  /** Ends it at once, with the watches that are open. */
  stop(): void;
}

/** Health (grpc.health.v1) of all services of a server, and of the server itself by the empty name. */
export function healthOf(services: readonly string[]): HealthImplementation {
  return new HealthImplementation(Object.fromEntries(['', ...services].map((name) => [name, 'SERVING'])));
}

/**
 * Answers health checks at an address of their own, in plain text wherever it is: Kubernetes' probes speak nothing else,
 * and whether a service takes calls is all that can be learned there. Raises UNAVAILABLE where the address is taken.
 */
export async function openHealthPort(address: string, health: HealthImplementation): Promise<HealthPort> {
  const server = new Server(serverChannel);
  health.addToServer(server);
  const port = await bind(server, address, ServerCredentials.createInsecure());
  return { address: address.replace(/:\d+$/, `:${port}`), stop: () => server.forceShutdown() };
}

/** Lets a server listen; the port that it got. Raises UNAVAILABLE where the address is taken. */
export function bind(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => {
      if (error === null) resolve(port);
      else
        reject(
          new NseError('UNAVAILABLE', `cannot listen on ${address}: ${error.message}`, { cause: error }),
        );
    });
  });
}
