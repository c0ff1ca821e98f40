import { rmSync, writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type handlers, type RunningServer, startServer, type TlsFiles } from '@nse/rpc';
import { connect, type System } from '../connect.js';
import { type Endpoints, serviceNames, type ServiceName } from '../local/runtime.js';

const missing = () => Promise.reject(new Error('not part of this test'));

/** What a test plays of each service. */
export interface Parts {
  readonly spaceManager?: Partial<handlers.SpaceManager>;
  readonly supernetTrainer?: Partial<handlers.SupernetTrainer>;
  readonly retrainer?: Partial<handlers.Retrainer>;
  readonly fitnessEvaluator?: Partial<handlers.FitnessEvaluator>;
  readonly latencyProfiler?: Partial<handlers.LatencyProfiler>;
}

/** A real gRPC server that plays the services' parts as a test says, with clients of it. */
export class Served {
  private constructor(
    private readonly server: RunningServer,
    readonly system: System,
    readonly endpoints: Endpoints,
    private readonly folder: string,
  ) {}

  /**
   * @param nats the address of a NATS server, where the test has one
   * @param tls what the server shows and asks its clients for
   */
  static async start(parts: Parts, nats = 'nats://127.0.0.1:1', tls?: TlsFiles): Promise<Served> {
    process.env['NSE_LOG_LEVEL'] = 'silent';
    const server = await startServer({
      name: 'tests',
      address: '127.0.0.1:0',
      ...(tls === undefined ? {} : { tls }),
      implementations: {
        SpaceManager: { ...noSpaceManager, ...parts.spaceManager },
        SupernetTrainer: { ...noSupernetTrainer, ...parts.supernetTrainer },
        Retrainer: { ...noRetrainer, ...parts.retrainer },
        FitnessEvaluator: { ...noFitnessEvaluator, ...parts.fitnessEvaluator },
        LatencyProfiler: { ...noLatencyProfiler, ...parts.latencyProfiler },
      },
    });
    const services = Object.fromEntries(serviceNames.map((name) => [name, server.address])) as Record<
      ServiceName,
      string
    >;
    const endpoints = { nats, services };
    const folder = mkdtempSync(join(tmpdir(), 'nse-served-'));
    writeFileSync(join(folder, 'endpoints.json'), JSON.stringify(endpoints));
    return new Served(server, connect(endpoints), endpoints, folder);
  }

  get port(): number {
    return this.server.port;
  }

  /** The file that tells commands where the server is. */
  get endpointsFile(): string {
    return join(this.folder, 'endpoints.json');
  }

  async stop(): Promise<void> {
    this.system.close();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
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
  pauseSearch: missing,
  resumeSearch: missing,
  addOperations: missing,
  cancelSearch: missing,
  deleteSearch: missing,
  listRounds: missing,
  getSpace: missing,
  getRound: missing,
  getFront: missing,
  describeArchitecture: missing,
  listPools: missing,
  listPresets: missing,
};

const noSupernetTrainer: handlers.SupernetTrainer = { getTraining: missing };

const noRetrainer: handlers.Retrainer = {
  startRetraining: missing,
  listRetrainings: missing,
  watchRetraining: nothing,
  getRetraining: missing,
  downloadModel: nothing,
  exportArchitecture: nothing,
};

const noFitnessEvaluator: handlers.FitnessEvaluator = {
  getEvaluation: missing,
  evaluateArchitectures: missing,
  getArchitectureEvaluation: missing,
  watchArchitectureEvaluation: nothing,
};

const noLatencyProfiler: handlers.LatencyProfiler = {
  listDevices: missing,
  watchDevices: nothing,
  measureArchitectures: missing,
  getMeasurement: missing,
  watchMeasurement: nothing,
  cancelMeasurement: missing,
  buildTable: missing,
  getTableBuild: missing,
  watchTableBuild: nothing,
  cancelTableBuild: missing,
  importTable: missing,
  getTable: missing,
  listTables: missing,
  lookUp: missing,
};
