import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromStruct, type messages } from '@nse/rpc';
import { NseError } from '@nse/space';
import { jsonLines, nse } from '../testing/command.js';
import { Served } from '../testing/served.js';
import { pointOf, retrainingOver, roundOf, smallSpec } from '../testing/small-search.js';
import { spreadOver } from './fronts.js';

/** The searches that the services would hold, by id. */
const searches = new Map<string, messages.Search>();
/** Calls that change something, in order. */
let calls: string[] = [];
/** Searches whose id holds this fail, until they are resumed. */
let failing: string | undefined;
/** Searches that run at once, and the most that did. */
let [running, most] = [0, 0];
/** Whether the services have gone away. */
let gone = false;

let served: Served;
let folder: string;

const isMissing = () => new NseError('NOT_FOUND', 'there is no such search');

function found(id: string): messages.Search {
  if (gone) throw new NseError('INTERNAL', 'the store is gone');
  const search = searches.get(id);
  if (search === undefined) throw isMissing();
  return search;
}

function created({ search: id, spec, owner }: messages.CreateSearchRequest__Output): messages.Search {
  calls.push(`create ${id}`);
  const { rounds = 1 } = fromStruct(spec) as { rounds?: number };
  const failed = failing !== undefined && id.includes(failing);
  const made: messages.Search = {
    id,
    spec,
    rounds,
    owner,
    ...(failed
      ? { phase: 'FAILED', failure: { stage: 'train', round: 1, reason: 'training diverged', attempts: 1 } }
      : { phase: 'SUCCEEDED', chosen: pointOf(2) }),
  };
  const before = searches.get(id);
  searches.set(id, before ?? made);
  return before ?? { ...made, phase: 'RUNNING' };
}

async function* watched({
  search: id = '',
}: messages.WatchSearchRequest): AsyncGenerator<messages.SearchUpdate, void> {
  most = Math.max(most, ++running);
  // Long enough for another to begin meanwhile, where it may.
  await new Promise((resolve) => setTimeout(resolve, 30));
  running--;
  yield { search: found(id) };
}

beforeAll(async () => {
  served = await Served.start({
    spaceManager: {
      createSearch: (request) => Promise.resolve(created(request)),
      watchSearch: watched,
      resumeSearch: ({ search: id }) => {
        calls.push(`resume ${id}`);
        const search = { ...found(id), phase: 'SUCCEEDED', failure: null, chosen: pointOf(2) } as const;
        searches.set(id, search);
        return Promise.resolve(search);
      },
      deleteSearch: ({ search: id }) => {
        calls.push(`delete ${id}`);
        searches.delete(id);
        return Promise.resolve({});
      },
      getRound: ({ round }) => Promise.resolve({ ...roundOf(round === 1 ? 1 : 2), round }),
    },
    supernetTrainer: { getTraining: () => Promise.resolve({ peakMemoryBytes: 3e8 }) },
    fitnessEvaluator: { getEvaluation: () => Promise.resolve({ peakMemoryBytes: 0 }) },
    retrainer: { getRetraining: () => Promise.resolve(retrainingOver) },
  });
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nse-study-'));
  searches.clear();
  calls = [];
  [running, most, gone, failing] = [0, 0, false, undefined];
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));
afterAll(() => served.stop());

const { dataset, network, constraint } = smallSpec;
const base = { name: 'small', dataset, network, constraint };

const written = {
  name: 'small',
  base: { spec: base },
  axes: { methods: ['nse', 'nse-single'], poolSizes: [9], seeds: [1, 2] },
  budget: { steps: 100 },
};

const out = () => join(folder, 'out');

function study(changes: object = {}, ...options: readonly string[]) {
  const file = join(folder, 'study.json');
  writeFileSync(file, JSON.stringify({ ...written, ...changes }));
  const system = ['--endpoints', served.endpointsFile, '--out', out()];
  return nse(['study', '-f', file, ...system, '--parallel', '2', '--json', ...options]);
}

const resultsLeft = () => readdirSync(join(out(), 'runs')).sort();
const result = (run: string) =>
  JSON.parse(readFileSync(join(out(), 'runs', `${run}.json`), 'utf8')) as Record<string, unknown>;
const of = (verb: string) => calls.filter((call) => call.startsWith(`${verb} `));

describe('nse study on a system that runs', () => {
  it('runs so many at once, keeps what came of each, and deletes its search afterwards', async () => {
    const { code, stdout, stderr } = await study();
    expect([code, stderr]).toEqual([0, expect.stringContaining('[4/4]')]);
    expect(JSON.parse(stdout)).toMatchObject({ runs: 4, over: 4, failed: [] });
    expect(most).toBe(2);
    expect(resultsLeft()).toEqual(
      ['nse-p9-s1', 'nse-p9-s2', 'nse-single-p9-s1', 'nse-single-p9-s2'].map((run) => `${run}.json`),
    );
    expect(of('create').length).toBe(4);
    expect(of('delete').length).toBe(4);
    expect(searches.size).toBe(0);
    const { rounds, chosen } = result('nse-p9-s1') as {
      rounds: { peakMemoryBytes: unknown }[];
      chosen: unknown;
    };
    expect(rounds[0]?.peakMemoryBytes).toEqual({ train: 3e8, evaluate: null });
    expect(chosen).toMatchObject({ testAccuracy: 0.9, supernetAccuracy: 0.7 });
  });

  it('keeps searches where that is wanted, made for the study', async () => {
    await study({}, '--keep-searches');
    expect(searches.size).toBe(4);
    expect([...searches.values()].map(({ owner }) => owner)).toEqual(Array(4).fill('study:small'));
  });

  it('goes on past a run that fails, and goes on with it only where that is asked for', async () => {
    failing = 'nse-p9-s1';
    const first = await study();
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({ over: 4, failed: ['nse-p9-s1'] });
    expect(result('nse-p9-s1')).toMatchObject({
      state: 'failed',
      failure: { stage: 'train', round: 1, reason: 'training diverged' },
    });
    expect(of('delete').length).toBe(3);
    calls = [];
    await study();
    expect(calls).toEqual([]);
    const again = await study({}, '--retry-failed');
    expect(JSON.parse(again.stdout)).toMatchObject({ failed: [] });
    expect(of('resume').length).toBe(1);
    expect(result('nse-p9-s1')).toMatchObject({ state: 'succeeded' });
  });

  it('ends where the system cannot work, with what is over kept', async () => {
    gone = true;
    const { code, stderr } = await study();
    expect(code).toBe(1);
    expect(jsonLines(stderr.trim().split('\n').slice(-1).join('\n'))).toMatchObject([{ code: 'INTERNAL' }]);
    expect(resultsLeft()).toEqual([]);
    gone = false;
    expect((await study()).code).toBe(0);
    expect(resultsLeft()).toHaveLength(4);
  });

  it('takes more seeds, and refuses what would mix', async () => {
    await study();
    calls = [];
    const more = await study({ axes: { ...written.axes, seeds: [1, 2, 3] } });
    expect(JSON.parse(more.stdout)).toMatchObject({ runs: 6, over: 6 });
    expect(of('create').length).toBe(2);
    const other = await study({ budget: { steps: 200 } });
    expect([other.code, other.stderr]).toEqual([6, expect.stringContaining('nse-p9-s1')]);
  });

  it('does not take a damaged file for a result', async () => {
    mkdirSync(join(out(), 'runs'), { recursive: true });
    writeFileSync(join(out(), 'runs', 'nse-p9-s1.json'), '{"state": "succ');
    const { code, stderr } = await study();
    expect([code, stderr]).toEqual([2, expect.stringContaining('nse-p9-s1.json is no JSON')]);
  });
});

describe('the points of a front that are trained', () => {
  const front = [5, 1, 3, 2, 4].map((cost) => ({ cost }));
  const costs = (number: number) => spreadOver(front, number).map(({ cost }) => cost);

  it('go evenly from its cheap to its dear end; one alone is the dearest, which is the most accurate', () => {
    expect(costs(1)).toEqual([5]);
    expect(costs(2)).toEqual([1, 5]);
    expect(costs(3)).toEqual([1, 3, 5]);
    expect(costs(9)).toEqual([1, 2, 3, 4, 5]);
    expect(spreadOver([], 2)).toEqual([]);
  });
});
