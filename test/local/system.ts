import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  connect,
  datasetOf,
  downloadModel,
  LocalRuntime,
  repositoryRoot,
  reportOf,
  type System,
} from '@nse/cli';
import type { Report } from '@nse/report';
import { type Client, createClient, type messages, toStruct } from '@nse/rpc';
import { NseError } from '@nse/space';
import type { SearchSpec } from '@nse/spec';

/** The service that is asked may be on its way back from a kill. */
const patient = { waitForReady: true, deadlineMs: 60_000 };

/** The whole system in a folder of its own, for the tests of one file. */
export class LocalSystem {
  private constructor(
    readonly runtime: LocalRuntime,
    readonly clients: System,
    readonly profiler: Client<'LatencyProfiler'>,
    readonly trainer: Client<'SupernetTrainer'>,
    readonly evaluator: Client<'FitnessEvaluator'>,
    private readonly folder: string,
  ) {}

  static async start(): Promise<LocalSystem> {
    const folder = mkdtempSync(join(tmpdir(), 'nse-local-'));
    const runtime = await LocalRuntime.start({ stateDir: folder, root: repositoryRoot });
    const { services } = runtime.endpoints;
    const profiler = createClient('LatencyProfiler', services['latency-profiler']);
    const trainer = createClient('SupernetTrainer', services['supernet-trainer']);
    const evaluator = createClient('FitnessEvaluator', services['fitness-evaluator']);
    return new LocalSystem(runtime, connect(runtime.endpoints), profiler, trainer, evaluator, folder);
  }

  async stop(): Promise<void> {
    this.clients.close();
    this.profiler.close();
    this.trainer.close();
    this.evaluator.close();
    await this.runtime.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Creates the search and waits until it is over; `onUpdate` is told all that the watcher is told. */
  async search(
    id: string,
    spec: SearchSpec,
    onUpdate: (update: messages.SearchUpdate__Output) => void = () => undefined,
  ): Promise<messages.Search__Output> {
    await this.clients.spaceManager.createSearch({ search: id, spec: toStruct(spec) });
    return await this.follow(id, onUpdate);
  }

  /** Waits until a search that is there is over. */
  async follow(
    id: string,
    onUpdate: (update: messages.SearchUpdate__Output) => void = () => undefined,
  ): Promise<messages.Search__Output> {
    for (;;) {
      try {
        for await (const update of this.clients.spaceManager.watchSearch({ search: id })) {
          onUpdate(update);
          if (update.search?.phase === 'SUCCEEDED' || update.search?.phase === 'FAILED') return update.search;
        }
      } catch (error) {
        // The service that was watched may have been killed by the test.
        if (!NseError.from(error).retryable) throw error;
      }
      await delay(500);
    }
  }

  /** All rounds of a search that is over. */
  async rounds({ id, rounds }: messages.Search__Output): Promise<messages.Round__Output[]> {
    const { spaceManager } = this.clients;
    return await Promise.all(
      Array.from({ length: rounds }, (_, index) =>
        spaceManager.getRound({ search: id, round: index + 1 }, patient),
      ),
    );
  }

  /** report.json of a search that succeeded, as `nse demo` would write it. */
  async report(search: messages.Search__Output): Promise<Report> {
    const { retrainer } = this.clients;
    const model = await downloadModel(retrainer, search.id, patient);
    const rounds = await this.rounds(search);
    const retraining = await retrainer.getRetraining({ search: search.id }, patient);
    return reportOf(
      { search, rounds, retraining, dataset: datasetOf(model) },
      {
        notes: [],
        commands: [],
        startedAt: new Date().toISOString(),
        secondsTotal: 1,
        host: { platform: 'tests', cores: 1, memoryBytes: 1, backend: 'tensorflow' },
        versions: {},
      },
    );
  }
}

/** Waits until the condition holds. Raises after the time given. */
export async function until(what: string, condition: () => boolean, withinMs = 30_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited too long: ${what}`);
    await delay(50);
  }
}
