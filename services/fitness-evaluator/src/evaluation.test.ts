import {
  type Bus,
  connectBus,
  type FitnessEvaluated,
  type NatsServer,
  newEvent,
  startNatsServer,
} from '@nse/messaging';
import { logger } from '@nse/telemetry';
import { startEvaluation } from './evaluation.js';
import type { StoredScore } from './scores.js';
import { evaluateTaskId } from './task.js';
import { createSearch, spec, trained } from './testing/evaluator.js';
import { scoreOf, ScoringHere } from './testing/scoring-here.js';

const log = logger('tests', { write: () => undefined });

const trainedEvent = (search: string) => newEvent('supernet.trained', trained(search), 'tests');

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
    jobs.reset();
  });

  it('reports the score of every candidate and clears its queue', async () => {
    await createSearch(bus, 'one');
    await bus.publish(trainedEvent('one'));
    const { scores, count, seconds, trainSeconds } = await evaluated(bus, 'one');
    expect([count, trainSeconds]).toEqual([35, 12]);
    expect(seconds).toBeGreaterThan(0);
    const stored = JSON.parse(Buffer.from(await bus.artifacts.get(scores)).toString()) as StoredScore[];
    expect(stored).toHaveLength(35);
    for (const { code, accuracy } of stored)
      expect(accuracy).toBe(scoreOf(code, { ...trained('one'), spec }).accuracy);
    const queue = await bus.workQueue(evaluateTaskId('one', 1, spec));
    while ((await queue.counts()).total > 0);
  });

  it('does nothing when the event comes again after all was cleared', async () => {
    await createSearch(bus, 'two');
    await bus.publish(trainedEvent('two'));
    await evaluated(bus, 'two');
    await bus.publish({ ...trainedEvent('two'), id: 'a copy' });
    await createSearch(bus, 'three');
    await bus.publish(trainedEvent('three'));
    await evaluated(bus, 'three');
    expect(jobs.runs.filter(({ id }) => id.startsWith('two'))).toHaveLength(1);
    const queue = await bus.workQueue(evaluateTaskId('two', 1, spec));
    expect(await queue.counts()).toEqual({ done: 0, total: 0 });
  });

  it('says why the workers failed', async () => {
    jobs.outcome = { kind: 'failed', reason: 'no such folder', attempts: 1 };
    await createSearch(bus, 'four');
    await bus.publish(trainedEvent('four'));
    for await (const { data } of bus.replay({ search: 'four', types: ['task.failed'] })) {
      expect(data).toMatchObject({ stage: 'evaluate', round: 1 });
      expect(data.reason).toContain('no such folder');
      break;
    }
  });
});
