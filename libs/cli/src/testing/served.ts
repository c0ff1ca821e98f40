import { type Client, createClient, type handlers, type RunningServer, startServer } from '@nse/rpc';

const missing = () => Promise.reject(new Error('not part of this test'));

/** A real gRPC server that plays the services' parts as a test says, with clients of it. */
export class Served {
  private constructor(
    private readonly server: RunningServer,
    readonly spaceManager: Client<'SpaceManager'>,
    readonly retrainer: Client<'Retrainer'>,
  ) {}

  static async start(
    spaceManager: Partial<handlers.SpaceManager>,
    retrainer: Partial<handlers.Retrainer> = {},
  ): Promise<Served> {
    process.env['NSE_LOG_LEVEL'] = 'silent';
    const server = await startServer({
      name: 'tests',
      address: '127.0.0.1:0',
      implementations: {
        SpaceManager: { ...noSpaceManager, ...spaceManager },
        Retrainer: { ...noRetrainer, ...retrainer },
      },
    });
    const { address } = server;
    return new Served(server, createClient('SpaceManager', address), createClient('Retrainer', address));
  }

  async stop(): Promise<void> {
    this.spaceManager.close();
    this.retrainer.close();
    await this.server.stop();
  }
}

async function* nothing(): AsyncGenerator<never, void> {
  await missing();
  yield* [];
}

const noSpaceManager: handlers.SpaceManager = {
  createSearch: missing,
  getSearch: missing,
  listSearches: missing,
  watchSearch: nothing,
  getRound: missing,
  getFront: missing,
  describeArchitecture: missing,
  listPools: missing,
  listPresets: missing,
};

const noRetrainer: handlers.Retrainer = { getRetraining: missing, downloadModel: nothing };
