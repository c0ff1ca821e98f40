import { PassThrough } from 'node:stream';
import { type messages, toStruct } from '@nse/rpc';
import { NseError } from '@nse/space';
import { parseSpec, type SearchSpec } from '@nse/spec';
import { failureOf, followSearch } from './follow.js';
import { LiveView } from './live.js';
import { Served } from './testing/served.js';
import { roundOf, searchOver, smallSpec } from './testing/small-search.js';

type Part = messages.SearchUpdate | NseError;

let served: Served | undefined;

afterEach(async () => {
  await served?.stop();
});

/** A watch that tells each list in turn, one a call; an error in it breaks the stream. */
async function follow(
  calls: Part[][],
  signal = new AbortController().signal,
  { spec, now = searchOver() }: { readonly spec: SearchSpec; readonly now?: messages.Search } = {
    spec: smallSpec,
  },
) {
  let told = 0;
  served = await Served.start({
    spaceManager: {
      getSearch: () => Promise.resolve(now),
      watchSearch: async function* () {
        for (const part of calls[told++] ?? []) {
          await Promise.resolve();
          if (part instanceof NseError) throw part;
          yield part;
        }
      },
    },
  });
  const out = new PassThrough();
  let text = '';
  out.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const over = await followSearch(served.system.spaceManager, 'small', spec, new LiveView(out), signal);
  return { over, text, calls: told };
}

const progress = (stage: string, step: number, more: object = {}): Part => ({
  progress: { search: 'small', stage, round: 1, step, steps: 4, ...more },
});
/** A search as gRPC gives it. */
const base = {
  ...searchOver(),
  id: 'small',
  stage: 'train',
  round: 1,
  rounds: 2,
  failure: null,
} as messages.Search__Output;
const running: Part = { search: searchOver({ phase: 'RUNNING', round: 1, chosen: null }) };
const done: Part = { search: searchOver() };
const gone = new NseError('UNAVAILABLE', 'the server stops');

describe('following a search', () => {
  it('shows progress by stage and model, each round, and returns the end', async () => {
    const retrain = { round: 0, task: 'small-retrain-random' };
    const { over, text } = await follow([
      [
        running,
        progress('train', 4),
        progress('evaluate', 4),
        { round: roundOf(1) },
        { round: roundOf(2) },
        progress('retrain', 4, retrain),
        done,
      ],
    ]);
    expect(over.phase).toBe('SUCCEEDED');
    expect(text).toMatch(/Round 1\/2 train .*100%/);
    expect(text).toMatch(/Round 1\/2 score .*100%/);
    expect(text).toMatch(/retrain random .*100%/);
    expect(text).toMatch(/60\.0\s?%/);
    expect(text).toMatch(/70\.0\s?%/);
  });

  it('takes a broken stream up again and shows no round twice', async () => {
    const { over, text, calls } = await follow([
      [running, { round: roundOf(1) }, gone],
      [{ round: roundOf(1) }, running, { round: roundOf(2) }, done],
    ]);
    expect([over.phase, calls]).toEqual(['SUCCEEDED', 2]);
    expect(text.match(/Round 1\/2\b/g)?.length).toBe(text.match(/Round 2\/2\b/g)?.length);
  });

  it('shows rounds that came before it was told of the target that the search found by its table', async () => {
    const latency = { device: 'host', likeMacs: 1e6 };
    const spec = parseSpec({ ...smallSpec, constraint: { latency } });
    const filled = { ...smallSpec, constraint: { latency: { ...latency, table: 't', targetMs: 2 } } };
    const now = searchOver({ spec: toStruct(parseSpec(filled)) });
    const signal = new AbortController().signal;
    const { over, text } = await follow([[{ round: roundOf(1) }, { search: now }]], signal, { spec, now });
    expect(over.phase).toBe('SUCCEEDED');
    expect(text).toContain('target 2.00');
  });

  it('goes on through a pause, and says so', async () => {
    const paused: Part = { search: searchOver({ phase: 'PAUSED', stage: 'train', round: 1, chosen: null }) };
    const { over, text } = await follow([[running, paused, running, done]]);
    expect(over.phase).toBe('SUCCEEDED');
    expect(text).toMatch(/Paused at train\. .*\.\/nse search resume small\n/);
    expect(text).toMatch(/Resumed at retrain/);
  });

  it('is over when the search is cancelled', async () => {
    const cancelled: Part = { search: searchOver({ phase: 'CANCELLED' }) };
    expect((await follow([[running, cancelled, progress('train', 1)]])).over.phase).toBe('CANCELLED');
  });

  it('gives up at once on what will not pass', async () => {
    const unknown = new NseError('NOT_FOUND', 'there is no search "small"');
    await expect(follow([[unknown]])).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('ends when it is told to', async () => {
    const abort = new AbortController();
    const following = follow([[running], [running], [running]], abort.signal);
    setTimeout(() => abort.abort(), 200);
    await expect(following).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the failure of a search', () => {
  it('tells the stage, the round where there is one, and why', () => {
    const failure = { stage: 'train', round: 2, reason: 'no images', attempts: 3 };
    const failed = (changes: object) =>
      failureOf({ ...base, phase: 'FAILED', failure: { ...failure, ...changes } });
    expect(failed({})?.message).toBe('the search failed at train of round 2: no images');
    expect(failed({ stage: 'retrain', round: 0 })?.message).toContain('at retrain: no images');
  });

  it('is one, too, where it was cancelled, and none where it has succeeded or goes on', () => {
    expect(failureOf({ ...base, phase: 'CANCELLED' })?.message).toContain('was cancelled');
    for (const phase of ['SUCCEEDED', 'RUNNING', 'RETRAINING', 'PAUSED'] as const) {
      expect(failureOf({ ...base, phase })).toBeUndefined();
    }
  });
});
