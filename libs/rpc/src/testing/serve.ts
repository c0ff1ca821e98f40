import { logger } from '@nse/telemetry';
import { type Client, type ClientOptions, createClient } from '../client.js';
import type { SpaceManager } from '../handlers.js';
import { type RunningServer, type ServerOptions, startServer } from '../server.js';

/** Real servers of a test file, on free ports, with a client each; `stopAll` ends them. */
export class TestServers {
  private readonly started: { server: RunningServer; client: Client<'SpaceManager'> }[] = [];

  /** Serves the given methods; the others are UNIMPLEMENTED. */
  async serve(
    handlers: Partial<SpaceManager>,
    options: Partial<ServerOptions> = {},
    clientOptions: ClientOptions = {},
  ): Promise<{ server: RunningServer; client: Client<'SpaceManager'> }> {
    const server = await startServer({
      name: 'tests',
      address: '127.0.0.1:0',
      implementations: { SpaceManager: handlers as SpaceManager },
      log: logger('tests', { write: () => undefined }),
      ...options,
    });
    const pair = { server, client: createClient('SpaceManager', server.address, clientOptions) };
    this.started.push(pair);
    return pair;
  }

  async stopAll(): Promise<void> {
    for (const { server, client } of this.started.splice(0)) {
      client.close();
      await server.stop();
    }
  }
}
