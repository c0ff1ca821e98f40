import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromStruct, type messages } from '@nse/rpc';
import { NseError } from '@nse/space';
import { parseSpec, presetNamed } from '@nse/spec';
import { jsonLines, nse } from '../testing/command.js';
import { type Parts, Served } from '../testing/served.js';
import { roundOf, searchOver } from '../testing/small-search.js';

let served: Served;
afterEach(() => served.stop());

async function serve(spaceManager: Parts['spaceManager'] & object): Promise<void> {
  served = await Served.start({ spaceManager });
}

/** Runs `nse search ...` on the server. */
const search = (...args: string[]) => nse(['search', ...args, '--endpoints', served.endpointsFile]);

const inPhase = (phase: messages.Search['phase'] & string, changes: Partial<messages.Search> = {}) =>
  searchOver({ phase, chosen: null, stage: 'train', round: 1, ...changes });

describe('nse search create', () => {
  let asked: { readonly spec: unknown; readonly search: string } | undefined;
  beforeEach(async () => {
    asked = undefined;
    await serve({
      createSearch: ({ spec, search: id }) => {
        asked = { spec: fromStruct(spec), search: id };
        return Promise.resolve(inPhase('RUNNING', { id: id === '' ? 'made-up' : id }));
      },
    });
  });

  it('begins a search from a preset, with fields set anew, and prints its id alone', async () => {
    const outcome = await search(
      'create',
      '--preset',
      'cifar10',
      '--set',
      'rounds=3',
      '--set',
      'train.epochs=2',
    );
    expect(outcome).toEqual({ code: 0, stdout: 'made-up\n', stderr: '' });
    const spec = {
      ...presetNamed('cifar10'),
      rounds: 3,
      train: { ...presetNamed('cifar10').train, epochs: 2 },
    };
    expect(asked?.spec).toEqual(JSON.parse(JSON.stringify(parseSpec(spec))));
  });

  it('reads a file, takes an id, and tells the search as JSON', async () => {
    const file = join(served.endpointsFile, '..', 'spec.json');
    writeFileSync(file, JSON.stringify(presetNamed('fashion-mnist')));
    const { stdout, code } = await search('create', '-f', file, '--id', 'mine', '--seed', '7', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ id: 'mine', phase: 'RUNNING' });
    expect(asked).toMatchObject({ search: 'mine', spec: { seed: 7 } });
  });

  it.each([
    [['--preset', 'cifar10', '--set', 'rounds=0'], 2, 'rounds'],
    [['--preset', 'cifar10', '--set', 'rouns=1'], 2, 'rouns'],
    [['--preset', 'none'], 3, 'there is no preset "none"'],
    [['-f', '/no/such/file'], 2, 'cannot be read'],
    [[], 2, 'exactly one of --file and --preset'],
    [['--preset', 'cifar10', '-f', 'x'], 2, 'exactly one of --file and --preset'],
  ])('refuses %j with code %d before it asks the service', async (args, code, told) => {
    const outcome = await search('create', ...args);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toContain(told);
    expect(asked).toBeUndefined();
  });
});

describe('nse search list and get', () => {
  it('list every page', async () => {
    await serve({
      listSearches: ({ pageToken }) =>
        Promise.resolve(
          pageToken === ''
            ? { searches: [inPhase('RUNNING', { id: 'a' })], nextPageToken: 'more' }
            : { searches: [inPhase('PAUSED', { id: 'b' })] },
        ),
    });
    const ids = (JSON.parse((await search('list', '--json')).stdout) as { id: string }[]).map(({ id }) => id);
    expect(ids).toEqual(['a', 'b']);
    expect((await search('list')).stdout).toMatch(/^ID .*\na .*RUNNING.*\nb .*PAUSED/);
  });

  it('tell what a search has come to, and why it failed', async () => {
    const failure = { stage: 'train', round: 2, reason: 'no images', attempts: 3 };
    await serve({
      getSearch: ({ search: id }) =>
        Promise.resolve(id === 'bad' ? inPhase('FAILED', { id, failure }) : searchOver({ id })),
    });
    expect((await search('get', 'good')).stdout).toMatch(/SUCCEEDED[^]*chosen: [\d.]+ at .* M\n$/);
    expect((await search('get', 'bad')).stdout).toMatch(
      /failed at train of round 2: no images\n.*\.\/nse search resume bad\n$/,
    );
  });
});

describe('nse search pause, cancel and delete', () => {
  it('change the search and say what it is then', async () => {
    await serve({
      pauseSearch: () => Promise.resolve(inPhase('PAUSED')),
      cancelSearch: () => Promise.resolve(inPhase('CANCELLED')),
      deleteSearch: () => Promise.resolve({}),
    });
    expect((await search('pause', 'small')).stdout).toBe('small is paused (train of round 1 of 2)\n');
    expect((await search('cancel', 'small')).stdout).toBe('small is cancelled\n');
    expect((await search('delete', 'small')).stdout).toBe('small is deleted\n');
    expect(JSON.parse((await search('pause', 'small', '--json')).stdout)).toMatchObject({ phase: 'PAUSED' });
    expect(JSON.parse((await search('delete', 'small', '--json')).stdout)).toEqual({ search: 'small' });
  });

  it('end with 6 where the state of the search does not allow it, with 3 where there is none', async () => {
    const no = (code: 'FAILED_PRECONDITION' | 'NOT_FOUND') => Promise.reject(new NseError(code, 'no'));
    await serve({ pauseSearch: () => no('FAILED_PRECONDITION'), deleteSearch: () => no('NOT_FOUND') });
    expect(await search('pause', 'small')).toEqual({ code: 6, stdout: '', stderr: 'nse: no\n' });
    const { code, stdout, stderr } = await search('delete', 'small', '--json');
    expect([code, stdout]).toEqual([3, '']);
    expect(JSON.parse(stderr)).toEqual({ code: 'NOT_FOUND', message: 'no', violations: [] });
  });
});

describe('nse search watch', () => {
  const watched = (...told: messages.SearchUpdate[]) =>
    serve({
      getSearch: () => Promise.resolve(inPhase('RUNNING')),
      watchSearch: async function* () {
        await Promise.resolve();
        yield* told;
      },
    });

  it('tells every update as a line of JSON, each round once', async () => {
    await watched(
      { search: inPhase('RUNNING') },
      { progress: { search: 'small', stage: 'train', round: 1, step: 1, steps: 2 } },
      { round: roundOf(1) },
      { round: roundOf(1) },
      { search: searchOver() },
    );
    const { code, stdout, stderr } = await search('watch', 'small', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const lines = jsonLines(stdout) as Record<string, object>[];
    expect(lines.map((line) => Object.keys(line))).toEqual([['search'], ['progress'], ['round'], ['search']]);
    expect(lines.at(-1)?.['search']).toMatchObject({ phase: 'SUCCEEDED' });
  });

  it.each(['FAILED', 'CANCELLED'] as const)('ends with 5 where the search is %s', async (phase) => {
    await watched({ search: inPhase(phase) });
    expect((await search('watch', 'small')).code).toBe(5);
    const { code, stderr } = await search('watch', 'small', '--json');
    expect(code).toBe(5);
    expect(JSON.parse(stderr)).toMatchObject({ reason: 'NotSucceeded' });
  });

  it('ends with 130 at Ctrl-C, and says how to watch again', async () => {
    const stop = new AbortController();
    await watched({ search: inPhase('RUNNING') });
    const { code, stderr } = await nse(
      ['search', 'watch', 'small', '--json', '--endpoints', served.endpointsFile],
      {
        signal: stop.signal,
        onOutput: () => stop.abort(),
      },
    );
    expect(code).toBe(130);
    expect(stderr).toBe('The search goes on. Watch it again: ./nse search watch small\n');
  });
});

describe('nse search resume, where a system runs', () => {
  it('resumes a search that halts, and says so of one that runs', async () => {
    let resumed = 0;
    await serve({
      getSearch: ({ search: id }) => Promise.resolve(inPhase(id === 'halted' ? 'FAILED' : 'RUNNING', { id })),
      resumeSearch: ({ search: id }) => {
        resumed++;
        return Promise.resolve(inPhase('RUNNING', { id }));
      },
    });
    expect((await search('resume', 'runs')).stdout).toBe('runs is running (train of round 1 of 2) already\n');
    expect(resumed).toBe(0);
    expect((await search('resume', 'halted')).stdout).toBe('halted is running (train of round 1 of 2)\n');
    expect(resumed).toBe(1);
  });
});
