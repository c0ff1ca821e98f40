import type { JobOutcome, JobRunner, JobSpec } from '@nse/jobs';
import {
  type Bus,
  connectBus,
  type FitnessEvaluated,
  type NatsServer,
  newEvent,
  startNatsServer,
} from '@nse/messaging';
import { macroNetwork } from '@nse/space';
import { parseSpec } from '@nse/spec';
import { logger } from '@nse/telemetry';
import type { Chunk } from './chunks.js';
import { startEvaluation } from './evaluation.js';
import type { StoredScore } from './scores.js';
import { type ChunkScore, evaluateTaskId } from './task.js';

const spec = parseSpec({
  name: 'evaluation',
  dataset: { kind: 'fashion-mnist' },
  network: { plan: 'NR', depths: [1, 1, 0, 0, 0], widths: [8, 8, 16, 24, 32], tailChannels: 64 },
  constraint: { macs: { target: 1.2e6, drift: 0.2e6 } },
  evaluate: { architectures: 30, extra: 5 },
});
const subsets = macroNetwork(spec.network).cells.map(() => [0, 3, 6, 9, 22]);
const artifact = { name: 'x', bytes: 1, sha256: '0' };
const log = logger('tests', { write: () => undefined });

/** Scores in this process, by the length of the code, and counts how often it is asked to. */
class ScoringHere implements JobRunner {
  runs: string[] = [];
  outcome: JobOutcome | undefined;

  constructor(private readonly bus: Bus) {}

  async run({ id }: JobSpec, signal: AbortSignal): Promise<JobOutcome> {
    this.runs.push(id);
    if (this.outcome !== undefined) return this.outcome;
    const queue = await this.bus.workQueue<Chunk, ChunkScore[]>(id);
    const score = ({ items }: Chunk) =>
      items.map(({ index, code }) => ({ index, accuracy: code.length / 100, loss: 1 }));
    await queue.work((chunk) => Promise.resolve(score(chunk)), signal);
    return { kind: 'succeeded', results: [{}] };
  }
}

const trained = (search: string) =>
  newEvent(
    'supernet.trained',
    {
      search,
      round: 1,
      rounds: 2,
      spec,
      weights: artifact,
      subsets,
      logits: subsets.map((subset) => subset.map(() => 0)),
      pruned: subsets.map(() => []),
      oldFront: [],
      curve: artifact,
      carried: artifact,
      seconds: 12,
    },
    'tests',
  );

async function evaluated(bus: Bus, search: string): Promise<FitnessEvaluated> {
  for await (const { data } of bus.replay({ search, types: ['fitness.evaluated'] })) return data;
  throw new Error('the replay ended');
}

describe('the evaluation of a round', () => {
  let server: NatsServer;
  let bus: Bus;
  let jobs: ScoringHere;

  beforeAll(async () => {
    server = await startNatsServer();
    bus = await connectBus({ url: server.url, name: 'fitness-evaluator', log });
    jobs = new ScoringHere(bus);
    await startEvaluation(bus, jobs);
  });

  afterAll(async () => {
    await bus.close();
    await server.stop();
  });

  beforeEach(() => {
    jobs.runs = [];
    jobs.outcome = undefined;
  });

  it('reports the score of every candidate and clears its queue', async () => {
    await bus.publish(trained('one'));
    const { scores, count, seconds, trainSeconds } = await evaluated(bus, 'one');
    expect([count, trainSeconds]).toEqual([35, 12]);
    expect(seconds).toBeGreaterThan(0);
    const stored = JSON.parse(Buffer.from(await bus.artifacts.get(scores)).toString()) as StoredScore[];
    expect(stored).toHaveLength(35);
    for (const { code, accuracy } of stored) expect(accuracy).toBe(code.length / 100);
    const queue = await bus.workQueue(evaluateTaskId('one', 1));
    while ((await queue.counts()).total > 0);
  });

  it('does nothing when the event comes again after all was cleared', async () => {
    await bus.publish(trained('two'));
    await evaluated(bus, 'two');
    await bus.publish({ ...trained('two'), id: 'a copy' });
    await bus.publish(trained('three'));
    await evaluated(bus, 'three');
    expect(jobs.runs.filter((id) => id.startsWith('two'))).toHaveLength(1);
    const queue = await bus.workQueue(evaluateTaskId('two', 1));
    expect(await queue.counts()).toEqual({ done: 0, total: 0 });
  });

  it('says why the workers failed', async () => {
    jobs.outcome = { kind: 'failed', reason: 'no such folder', attempts: 1 };
    await bus.publish(trained('four'));
    for await (const { data } of bus.replay({ search: 'four', types: ['task.failed'] })) {
      expect(data).toMatchObject({ stage: 'evaluate', round: 1 });
      expect(data.reason).toContain('no such folder');
      break;
    }
  });
});
