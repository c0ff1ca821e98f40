import { type Bus, type Consumption, newEvent } from '@nse/messaging';
import type { messages } from '@nse/rpc';
import { searchesBucket } from '@nse/service';
import { macroNetwork, macsCost } from '@nse/space';
import { poolOf } from '@nse/spec';
import { startEvaluation } from './evaluation.js';
import { startEvaluationRequests } from './request-work.js';
import type { StoredScore } from './scores.js';
import { requestTaskId } from './task.js';
import {
  createSearch,
  createTrained,
  type Evaluator,
  spec,
  startEvaluator,
  trained,
} from './testing/evaluator.js';
import { scoreOf, ScoringHere } from './testing/scoring-here.js';

let evaluator: Evaluator;
let bus: Bus;
let client: Evaluator['client'];
let jobs: ScoringHere;

beforeAll(async () => {
  evaluator = await startEvaluator();
  ({ bus, client } = evaluator);
  jobs = new ScoringHere(bus);
});

afterAll(() => evaluator.stop());

/** One operation a cell, written in two ways. */
const cells = macroNetwork(spec.network).cells.length;
const one = Array<string>(cells).fill('0').join('.');
const two = Array<string>(cells).fill('9,3').join('.');
const canonicalTwo = Array<string>(cells).fill('3,9').join('.');

async function watched(search: string, id: string): Promise<messages.ArchitectureEvaluation__Output[]> {
  const all: messages.ArchitectureEvaluation__Output[] = [];
  for await (const found of client.watchArchitectureEvaluation({ search, id })) all.push(found);
  return all;
}

async function requestedIn(search: string): Promise<number> {
  const ids: string[] = [];
  for await (const { id } of bus.replay({ search, types: ['evaluation.requested'], follow: false }))
    ids.push(id);
  return ids.length;
}

describe('a request for scores', () => {
  it('is taken at once, waits, and is the same one when it is made again, in whatever form', async () => {
    await createTrained(bus, 'taken');
    const first = await client.evaluateArchitectures({ search: 'taken', codes: [one, two] });
    expect(first).toMatchObject({
      search: 'taken',
      round: 1,
      state: 'TASK_STATE_PENDING',
      total: 2,
      scored: 0,
    });
    const again = await client.evaluateArchitectures({
      search: 'taken',
      round: 1,
      codes: [one, canonicalTwo],
    });
    expect(again).toEqual(first);
    expect(await client.getArchitectureEvaluation({ search: 'taken', id: first.id })).toEqual(first);
    expect(await requestedIn('taken')).toBe(1);
    const turned = await client.evaluateArchitectures({ search: 'taken', codes: [two, one] });
    expect(turned.id).not.toBe(first.id);
  });

  it('is about the last trained round unless it names one', async () => {
    await createTrained(bus, 'rounds');
    await bus.publish(newEvent('supernet.trained', trained('rounds', 2), 'tests'));
    const last = await client.evaluateArchitectures({ search: 'rounds', codes: [one] });
    const first = await client.evaluateArchitectures({ search: 'rounds', round: 1, codes: [one] });
    expect([last.round, first.round]).toEqual([2, 1]);
    expect(last.id).not.toBe(first.id);
  });

  it('has a task id that can name a Job, whatever the search is called', () => {
    expect(requestTaskId('a'.repeat(40), '0123456789ab').length).toBeLessThanOrEqual(63);
  });

  it('is refused with every wrong code, and those that the supernet does not hold', async () => {
    await createTrained(bus, 'wrong');
    const outside = Array<string>(cells).fill('1').join('.');
    const codes = [one, '0.0', outside, 'nonsense', one.replace('0', '99')];
    const error = (await client
      .evaluateArchitectures({ search: 'wrong', codes })
      .catch((caught: unknown) => caught)) as {
      code: string;
      violations: { field: string; description: string }[];
    };
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.violations.map(({ field }) => field)).toEqual([
      'codes[1]',
      'codes[2]',
      'codes[3]',
      'codes[4]',
    ]);
    expect(error.violations[1]?.description).toContain(
      'round 1 does not hold it: cells[0] uses 1; cells[1] uses 1',
    );
    expect(error.violations[3]?.description).toContain('cells[0] pool');
    expect(await requestedIn('wrong')).toBe(0);
  });

  it('is refused with a count where more codes are wrong than a failed call can name', async () => {
    await createTrained(bus, 'many-wrong');
    const codes = Array<string>(1_000).fill('0.0');
    await expect(client.evaluateArchitectures({ search: 'many-wrong', codes })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      violations: expect.arrayContaining([{ field: 'codes', description: '900 more are wrong' }]) as unknown,
    });
  });

  it('is refused without codes, with too many, and for no round', async () => {
    await createTrained(bus, 'sizes');
    const refused = (codes: string[], round = 0) =>
      client.evaluateArchitectures({ search: 'sizes', round, codes });
    await expect(refused([])).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'codes' });
    await expect(refused(Array<string>(1_001).fill(one))).rejects.toMatchObject({ field: 'codes' });
    await expect(refused([one], -1)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'round' });
    await expect(refused([one], 2)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', field: 'round' });
  });

  it('is refused for a search that is not there or has trained nothing yet', async () => {
    const codes = [one];
    await expect(client.evaluateArchitectures({ search: 'none', codes })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      field: 'search',
    });
    await expect(client.evaluateArchitectures({ search: 'No Id', codes })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: 'search',
    });
    await createSearch(bus, 'untrained');
    await expect(client.evaluateArchitectures({ search: 'untrained', codes })).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
    });
  });

  it('is NOT_FOUND by an id that none has', async () => {
    await createTrained(bus, 'unknown');
    for (const id of ['', '0123456789ab', '../x', '*', 'A b']) {
      const missing = { code: 'NOT_FOUND', field: 'id' };
      await expect(client.getArchitectureEvaluation({ search: 'unknown', id })).rejects.toMatchObject(
        missing,
      );
      await expect(watched('unknown', id)).rejects.toMatchObject(missing);
    }
    await expect(client.getArchitectureEvaluation({ search: 'A b', id: 'x' })).rejects.toMatchObject({
      field: 'search',
    });
  });
});

describe('the work on a request', () => {
  const running: Consumption[] = [];

  async function startWork(through = bus, by = jobs): Promise<Consumption> {
    const work = await startEvaluationRequests(through, by);
    running.push(work);
    return work;
  }

  afterEach(async () => {
    for (const work of running.splice(0)) await work.stop();
    jobs.reset();
  });

  it('gives the scores in the order of the request, with costs, and clears its queue', async () => {
    await createTrained(bus, 'scored');
    const { id } = await client.evaluateArchitectures({ search: 'scored', codes: [two, one, two] });
    const work = await startWork();
    const states = await watched('scored', id);
    const last = states.at(-1)!;
    expect(last).toMatchObject({ id, state: 'TASK_STATE_SUCCEEDED', total: 3, scored: 3, failure: null });
    expect(last.scores.map(({ code }) => code)).toEqual([canonicalTwo, one, canonicalTwo]);
    const macs = macsCost(macroNetwork(spec.network), poolOf(spec));
    expect(last.scores[1]?.cost).toBe(macs.total(Array<number[]>(cells).fill([0])));
    expect(last.scores[0]?.accuracy).toBe(scoreOf(canonicalTwo, trained('scored') as never).accuracy);
    expect(await client.getArchitectureEvaluation({ search: 'scored', id })).toEqual(last);
    await work.stop();
    expect(await (await bus.workQueue(requestTaskId('scored', id))).counts()).toEqual({ done: 0, total: 0 });
  });

  it('gives an architecture the score that its round gave it', async () => {
    running.push(await startEvaluation(bus, jobs));
    await createTrained(bus, 'equal');
    const stored: StoredScore[] = [];
    for await (const { data } of bus.replay({ search: 'equal', types: ['fitness.evaluated'] })) {
      stored.push(
        ...(JSON.parse(String(Buffer.from(await bus.artifacts.get(data.scores)))) as StoredScore[]),
      );
      break;
    }
    const [round] = jobs.runs.filter(({ id }) => id.startsWith('equal'));
    const some = stored.filter((_, index) => index % 5 === 0);
    await startWork();
    const { id } = await client.evaluateArchitectures({
      search: 'equal',
      codes: some.map(({ code }) => code),
    });
    const { scores } = (await watched('equal', id)).at(-1)!;
    expect(scores).toEqual(some.map(({ origin: _, ...score }) => score));
    const asked = jobs.runs.find((run) => run.id === requestTaskId('equal', id));
    expect(asked).toMatchObject({ service: round?.service, of: round?.of, resources: round?.resources });
    expect(asked?.input).toEqual({ ...(round?.input as object), total: some.length });
  });

  it('is told of as it goes on: waiting, running, each number of scores, the end', async () => {
    await createTrained(bus, 'live');
    const codes = [0, 3, 6, 9].flatMap((a) => [0, 3, 6, 9].map((b) => one.replace('0.0', `${a}.${b}`)));
    const { id } = await client.evaluateArchitectures({ search: 'live', codes });
    jobs.chunks = 3;
    const work = await startWork();
    const seen: (readonly [string, number])[] = [];
    let more: Consumption | undefined;
    for await (const { state, scored } of client.watchArchitectureEvaluation({ search: 'live', id })) {
      seen.push([state, scored]);
      if (scored !== 6 || more !== undefined) continue;
      expect(await client.getArchitectureEvaluation({ search: 'live', id })).toMatchObject({ state, scored });
      await work.stop();
      jobs.chunks = Infinity;
      more = await startWork();
    }
    const counts = seen.map(([, scored]) => scored);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(seen.at(-1)).toEqual(['TASK_STATE_SUCCEEDED', 16]);
    expect(new Set(seen.map(String)).size).toBe(seen.length);
  });

  it('goes on in another process when one stops in the middle, with what was scored before', async () => {
    await createTrained(bus, 'restarted');
    const codes = [0, 3, 6, 9].flatMap((a) => [0, 3, 6, 9].map((b) => one.replace('0.0', `${a}.${b}`)));
    const { id } = await client.evaluateArchitectures({ search: 'restarted', codes });
    jobs.chunks = 3;
    const first = await evaluator.connect();
    await startWork(first);
    const queue = await bus.workQueue(requestTaskId('restarted', id));
    while ((await queue.counts()).done < 3);
    await first.close();
    expect((await client.getArchitectureEvaluation({ search: 'restarted', id })).state).toBe(
      'TASK_STATE_RUNNING',
    );
    const later = new ScoringHere(bus);
    later.chunks = 5;
    await startWork(bus, later);
    expect((await watched('restarted', id)).at(-1)).toMatchObject({
      state: 'TASK_STATE_SUCCEEDED',
      scored: 16,
    });
    expect(later.chunks).toBe(0);
  });

  it('that fails for good is given up with the reason, leaves nothing, and may be asked for again; the search goes on', async () => {
    await createTrained(bus, 'fails');
    jobs.outcome = { kind: 'failed', reason: 'no such folder', attempts: 1 };
    const { id } = await client.evaluateArchitectures({ search: 'fails', codes: [one] });
    const work = await startWork();
    const last = (await watched('fails', id)).at(-1);
    expect(last).toMatchObject({
      state: 'TASK_STATE_FAILED',
      failure: { stage: 'evaluate', round: 1, attempts: 1 },
    });
    expect(last?.failure?.reason).toContain('no such folder');
    const queue = await bus.workQueue(requestTaskId('fails', id));
    while ((await queue.counts()).total > 0);
    jobs.outcome = undefined;
    expect((await client.evaluateArchitectures({ search: 'fails', codes: [one] })).id).toBe(id);
    expect((await watched('fails', id)).at(-1)).toMatchObject({
      state: 'TASK_STATE_SUCCEEDED',
      failure: null,
    });
    for await (const { id: failure } of bus.replay({
      search: 'fails',
      types: ['task.failed'],
      follow: false,
    })) {
      throw new Error(`the search must not fail: ${failure}`);
    }
    await work.stop();
  });

  it('does nothing for an event that comes again after all was cleared', async () => {
    await createTrained(bus, 'twice');
    const { id } = await client.evaluateArchitectures({ search: 'twice', codes: [one] });
    const work = await startWork();
    await watched('twice', id);
    for await (const event of bus.replay({
      search: 'twice',
      types: ['evaluation.requested'],
      follow: false,
    })) {
      await bus.publish({ ...event, id: 'a copy' });
    }
    await createTrained(bus, 'after');
    const after = await client.evaluateArchitectures({ search: 'after', codes: [one] });
    await watched('after', after.id);
    await work.stop();
    expect(jobs.runs.filter((run) => run.id === requestTaskId('twice', id))).toHaveLength(1);
  });

  it('is not begun in a deleted search, and stops where one is deleted in the middle', async () => {
    const searches = await bus.states(searchesBucket, (value) => value);
    for (const search of ['gone', 'going']) await createTrained(bus, search);
    await client.evaluateArchitectures({ search: 'gone', codes: [one] });
    await searches.delete('gone');
    const { id } = await client.evaluateArchitectures({ search: 'going', codes: [one] });
    jobs.chunks = 0;
    const work = await startWork();
    const stream = client.watchArchitectureEvaluation({ search: 'going', id });
    await stream.next();
    const queue = await bus.workQueue(requestTaskId('going', id));
    while ((await queue.counts()).total === 0);
    const { revision } = (await searches.get('going'))!;
    await searches.update('going', { phase: 'DELETING' }, revision);
    while ((await queue.counts()).total > 0);
    await bus.forget('going');
    await bus.publish(newEvent('search.deleted', { search: 'going' }, 'tests'));
    const rest = async () => {
      for await (const { state } of stream) expect(state).toBe('TASK_STATE_RUNNING');
    };
    await expect(rest()).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'search' });
    await work.stop();
    expect(jobs.runs.map((run) => run.of.search)).toEqual(['going']);
    for await (const { type } of bus.replay({ search: 'going', follow: false })) {
      expect(type).toBe('search.deleted');
    }
  });

  it('is watched without end by nobody: a watcher that leaves ends its stream', async () => {
    await createTrained(bus, 'left');
    const { id } = await client.evaluateArchitectures({ search: 'left', codes: [one] });
    for await (const { state } of client.watchArchitectureEvaluation({ search: 'left', id })) {
      expect(state).toBe('TASK_STATE_PENDING');
      break;
    }
    // The server would wait for a stream that is still open: `stop` in `afterAll` would take its 30 seconds.
  });
});
