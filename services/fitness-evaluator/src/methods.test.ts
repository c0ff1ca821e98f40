import type { Bus, Consumption, EventMap, ProgressMessage } from '@nse/messaging';
import { newEvent } from '@nse/messaging';
import { decodeArchitecture, encodeArchitecture, inBand, macroNetwork, targetBand } from '@nse/space';
import { budgetOf, poolOf, type SearchSpec } from '@nse/spec';
import { startEvaluation } from './evaluation.js';
import { startEvaluationRequests } from './request-work.js';
import type { StoredScore } from './scores.js';
import { evaluateTaskId } from './task.js';
import { createSearch, type Evaluator, specWith, startEvaluator, trained } from './testing/evaluator.js';
import { scoreOf, ScoringHere } from './testing/scoring-here.js';

const evolution = {
  population: 8,
  generations: 3,
  parents: 4,
  crossovers: 4,
  mutations: 4,
  mutationChance: 0.1,
};
const onlyOperations = [0, 3, 6, 9, 22];
const spos = specWith({ method: 'spos', onlyOperations, evolution });

let evaluator: Evaluator;
let bus: Bus;
let jobs: ScoringHere;
let running: Consumption[] = [];

beforeAll(async () => {
  evaluator = await startEvaluator();
  ({ bus } = evaluator);
});

afterAll(() => evaluator.stop());

beforeEach(() => {
  jobs = new ScoringHere(bus);
});

afterEach(async () => {
  for (const work of running.splice(0)) await work.stop();
});

async function startWork(through = bus, by = jobs): Promise<void> {
  running.push(await startEvaluation(through, by));
}

type Trained = EventMap['supernet.trained'];

/** A search of that spec with a trained round whose supernet holds the whole pool. */
async function createTrained(search: string, spec: SearchSpec, more: Partial<Trained> = {}): Promise<void> {
  await createSearch(bus, search);
  const subsets = macroNetwork(spec.network).cells.map(() =>
    poolOf(spec).operations.map((_, index) => index),
  );
  const none = subsets.map(() => []);
  const learned = { subsets, logits: none, pruned: none };
  const data = { ...trained(search), spec, rounds: spec.rounds, ...learned, ...more };
  await bus.publish(newEvent('supernet.trained', data, 'tests'));
}

interface Evaluated {
  readonly event: EventMap['fitness.evaluated'];
  readonly scores: readonly StoredScore[];
}

async function evaluated(search: string): Promise<Evaluated> {
  for await (const { data: event } of bus.replay({ search, types: ['fitness.evaluated'] })) {
    const stored = Buffer.from(await bus.artifacts.get(event.scores)).toString();
    return { event, scores: JSON.parse(stored) as StoredScore[] };
  }
  throw new Error('the replay ended');
}

/** All are different, within the band, of at most one operation a cell, and say so. */
function expectSingleWithin(scores: readonly StoredScore[], spec: SearchSpec): void {
  const network = macroNetwork(spec.network);
  const { target, drift } = budgetOf(spec.constraint);
  expect(new Set(scores.map(({ code }) => code)).size).toBe(scores.length);
  for (const { code, cost, origin } of scores) {
    expect(origin).toBe('sampled');
    expect(inBand(targetBand(target, drift), cost)).toBe(true);
    for (const cell of decodeArchitecture(code, network, poolOf(spec))) {
      expect(cell.length).toBeLessThanOrEqual(1);
    }
  }
}

describe('a round of spos', () => {
  it('is an evolution within the band by workers that stay for all of it, whose queue is cleared at the end', async () => {
    await startWork();
    await createTrained('bred', spos);
    const { event, scores } = await evaluated('bred');
    expect(scores).toHaveLength(24);
    expect(event).toMatchObject({ count: 24, round: 1, trainSeconds: 12 });
    expectSingleWithin(scores, spos);
    for (const { code, accuracy } of scores) {
      expect(accuracy).toBe(scoreOf(code, jobs.runs[0]?.input as never).accuracy);
    }
    expect(jobs.runs).toHaveLength(1);
    expect(jobs.runs[0]).toMatchObject({
      id: 'bred-r1-evolve',
      of: { search: 'bred', stage: 'evaluate', round: 1 },
      replicas: spos.evaluate.workers,
      requested: false,
    });
    const queue = await bus.workQueue('bred-r1-evolve');
    while ((await queue.counts()).total > 0);
    expect(await queue.counts()).toEqual({ done: 0, total: 0 });
  });

  it('goes on in another process, at the generation where one was stopped, to the same scores', async () => {
    await startWork();
    await createTrained('straight', spos);
    const straight = await evaluated('straight');
    await running.pop()?.stop();

    // 8 chunks a generation: stopped in the middle of the second.
    const first = await evaluator.connect();
    const before = new ScoringHere(bus);
    before.chunks = 11;
    await startWork(first, before);
    await createTrained('halted', spos);
    const queue = await bus.workQueue(evaluateTaskId('halted', 1, spos));
    while ((await queue.counts()).done < 11);
    expect(await queue.counts()).toEqual({ done: 11, total: 0 });
    const { client } = evaluator;
    expect(await client.getEvaluation({ search: 'halted', round: 1 })).toMatchObject({
      state: 'TASK_STATE_RUNNING',
      total: 24,
      scored: 11,
    });
    await first.close();
    running = [];

    const later = new ScoringHere(bus);
    later.chunks = 13;
    await startWork(bus, later);
    expect((await evaluated('halted')).scores).toEqual(straight.scores);
    expect(later.chunks).toBe(0);
  });

  it('tells its progress over all generations', async () => {
    const over = new AbortController();
    const told: ProgressMessage[] = [];
    const listening = (async () => {
      const of = { search: 'told', stage: 'evaluate', signal: over.signal } as const;
      for await (const progress of bus.onProgress(of)) told.push(progress);
    })();
    await startWork();
    await createTrained('told', spos);
    await evaluated('told');
    while (told.at(-1)?.step !== 24) await new Promise(setImmediate);
    over.abort();
    await listening;
    const steps = told.map(({ step }) => step);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(new Set(told.map((progress) => progress.steps))).toEqual(new Set([24]));
    expect(steps.some((step) => step > 8 && step < 16)).toBe(true);
  });

  it('scores again what a client asks for, as it was scored', async () => {
    await startWork();
    running.push(await startEvaluationRequests(bus, jobs));
    await createTrained('again', spos);
    const { scores } = await evaluated('again');
    const some = scores.slice(5, 15);
    const codes = some.map(({ code }) => code);
    const { client } = evaluator;
    const { id } = await client.evaluateArchitectures({ search: 'again', codes });
    for await (const found of client.watchArchitectureEvaluation({ search: 'again', id })) {
      if (found.state === 'TASK_STATE_SUCCEEDED') {
        expect(found.scores).toEqual(some.map(({ origin: _, ...score }) => score));
      }
    }
    expect(jobs.runs.at(-1)?.requested).toBe(true);
  });

  it('has tasks that can name a Job, whatever the search is called', () => {
    expect(evaluateTaskId('a'.repeat(40), 10_000, spos).length).toBeLessThanOrEqual(63);
  });
});

describe('a round of another method', () => {
  it.each(['darts', 'proxylessnas'])(
    '%s scores the likeliest architecture within the band',
    async (method) => {
      const spec = specWith({ method, onlyOperations });
      const network = macroNetwork(spec.network);
      // The cheap operation 0 is likeliest everywhere, but all of it costs too little: one cell must take something else.
      const alphas = network.cells.map(({ identity }, cell) => [
        3,
        2 + cell / 10,
        0,
        0,
        -1,
        ...(identity ? [-2] : []),
      ]);
      await startWork();
      await createTrained(method, spec, { alphas });
      const { scores, event } = await evaluated(method);
      expect(scores).toHaveLength(1);
      expectSingleWithin(scores, spec);
      expect(event).not.toHaveProperty('alphas');
      const choices = scores[0]!.code.split('.');
      expect(new Set(choices)).not.toContain('4');
      expect(choices).toContain('0');
      expect(choices).not.toEqual(network.cells.map(() => '0'));
    },
  );

  it('of darts without alphas fails by name', async () => {
    await startWork();
    await createTrained('bare', specWith({ method: 'darts', onlyOperations }));
    for await (const { data } of bus.replay({ search: 'bare', types: ['task.failed'] })) {
      expect(data).toMatchObject({ stage: 'evaluate', round: 1 });
      expect(data.reason).toContain('alphas');
      break;
    }
  });

  it.each(['one-shot', 'random'])('%s scores uniform architectures, as many as asked for', async (method) => {
    const spec = specWith({ method, onlyOperations });
    await startWork();
    await createTrained(method, spec);
    const { scores } = await evaluated(method);
    expect(scores).toHaveLength(30);
    expectSingleWithin(scores, spec);
    expect(jobs.runs).toHaveLength(1);
  });

  it('shrink scores its samples, in its last round an evolution, and no old front', async () => {
    const shrink = { keep: 3, drop: 2, samples: 20, furtherEpochs: 1 };
    const spec = specWith({ method: 'shrink', onlyOperations, evolution, shrink });
    expect(spec.rounds).toBe(2);
    const front = [{ code: encodeArchitecture([[4], [4], [4], [4], [4], [4]]), cost: 1, macs: 1 }];
    const oldFront = front.map((point) => ({ ...point, accuracy: 1, round: 1 }));
    await startWork();
    await createTrained('first', spec);
    expect((await evaluated('first')).scores).toHaveLength(20);
    const subsets = macroNetwork(spec.network).cells.map(() => [1, 2, 4]);
    await createTrained('last', spec, { round: 2, subsets, oldFront });
    const { scores } = await evaluated('last');
    expect(scores).toHaveLength(24);
    expectSingleWithin(scores, spec);
    for (const { code } of scores) expect(code).not.toMatch(/[03]/);
    expect(jobs.runs.map(({ id }) => id)).toEqual(['first-r1-evaluate', 'last-r2-evolve']);
  });
});
