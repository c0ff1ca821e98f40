import { type messages, toStruct } from '@nse/rpc';
import { parseSpec } from '@nse/spec';
import { jsonLines, nse } from '../testing/command.js';
import { Served } from '../testing/served.js';
import { pointOf, roundOf, searchOver, smallSpec } from '../testing/small-search.js';

const latency = { device: 'here', likeMacs: 1.2e6 };
const open = parseSpec({ ...smallSpec, constraint: { latency } });
const filled = parseSpec({
  ...smallSpec,
  constraint: { latency: { ...latency, table: 't', targetMs: 0.3421 } },
});

const preparing = searchOver({
  phase: 'RUNNING',
  stage: 'prepare',
  round: 1,
  chosen: null,
  front: [],
  spec: toStruct(open),
  latency: { device: 'here', table: '', chosen: null },
});
const training: messages.Search = {
  ...preparing,
  stage: 'train',
  spec: toStruct(filled),
  latency: { device: 'here', table: 't' },
};
const round = { ...roundOf(1), front: [{ ...pointOf(1), cost: 0.325 }] };
const done = searchOver({ spec: toStruct(filled), latency: { device: 'here', table: 't' } });

let served: Served;
afterEach(() => served.stop());

const serve = (now: messages.Search, rounds: readonly messages.Round[] = []) =>
  Served.start({
    spaceManager: {
      getSearch: () => Promise.resolve(now),
      listSearches: () => Promise.resolve({ searches: [now] }),
      listRounds: () => Promise.resolve({ rounds: [...rounds] }),
      getFront: () => Promise.resolve({ round: 1, front: rounds[0]?.front ?? [] }),
      pauseSearch: () => Promise.resolve({ ...now, phase: 'PAUSED' }),
      cancelSearch: () => Promise.resolve({ ...now, phase: 'CANCELLED' }),
      resumeSearch: () => Promise.resolve(now),
      watchSearch: async function* () {
        await Promise.resolve();
        yield { search: preparing };
        yield { progress: { search: 'small', stage: 'prepare', round: 0, step: 3, steps: 4 } };
        yield { search: { ...preparing, waiting: 'the device is away' } };
        yield { search: training };
        yield { round };
        yield { search: done };
      },
    },
  });
const run = (...args: string[]) => nse([...args, '--endpoints', served.endpointsFile]);

describe('a search whose target waits for its latency table', () => {
  it.each([
    [['search', 'get', 'small'], /RUNNING +prepare/],
    [['search', 'list'], /RUNNING +prepare/],
    [['search', 'pause', 'small'], /^small is paused \(prepare\)\n$/],
    [['search', 'cancel', 'small'], /^small is cancelled\n$/],
    [['search', 'resume', 'small'], /^small is running \(prepare\) already\n$/],
    [['history', 'small'], /^ROUND/],
    [['front', 'small'], /latency/],
  ])('is told of by %j', async (args, told) => {
    served = await serve(preparing);
    const { code, stdout, stderr } = await run(...args);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(told);
    const asJson = await run(...args, '--json');
    expect([asJson.code, asJson.stderr]).toEqual([0, '']);
  });

  it('has rounds and fronts in milliseconds, whatever was told of its spec', async () => {
    served = await serve(preparing, [round]);
    for (const command of ['history', 'front']) {
      const { code, stdout } = await run(command, 'small');
      expect([code, stdout]).toEqual([0, expect.stringContaining('0.325 ms')]);
    }
  });

  it('is watched from there on to its end, its rounds with the target that came', async () => {
    served = await serve(preparing);
    const { code, stdout } = await run('search', 'watch', 'small');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /latency table .*75%[^]*Waiting: the device is away[^]*target 0\.342 \+- 0\.017 ms/,
    );
    const lines = jsonLines((await run('search', 'watch', 'small', '--json')).stdout);
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatchObject({ search: { stage: 'prepare', latency: { device: 'here', table: '' } } });
  });
});
