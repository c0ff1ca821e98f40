import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromStruct, type messages } from '@nse/rpc';
import { jsonLines, nse } from '../testing/command.js';
import { Served } from '../testing/served.js';
import { searchOver } from '../testing/small-search.js';

let served: Served;
let asked: messages.AddOperationsRequest__Output | undefined;
let answer: messages.AddOperationsResponse;

const running = searchOver({ phase: 'RUNNING', chosen: null, stage: 'train', round: 1 });
const operation = (index: number, added: boolean) => ({ index, added, name: `MBConv k${index}` });

beforeEach(async () => {
  asked = undefined;
  answer = { search: running, operations: [operation(27, true), operation(0, false)] };
  served = await Served.start({
    spaceManager: {
      addOperations: (request) => {
        asked = request;
        return Promise.resolve(answer);
      },
      getSearch: () => Promise.resolve(running),
      watchSearch: async function* () {
        await Promise.resolve();
        yield { search: searchOver() };
      },
    },
  });
});

afterEach(() => served.stop());

const extend = (...args: string[]) =>
  nse(['search', 'extend', 'small', ...args, '--endpoints', served.endpointsFile]);

function file(content: unknown): string {
  const path = join(served.endpointsFile, '..', 'operations.yaml');
  writeFileSync(path, JSON.stringify(content));
  return path;
}

describe('nse search extend', () => {
  it('lets your own operations join, and says where they are and which were there already', async () => {
    const own = { kind: 'MBConv', kernel: 13, expansion: 1, squeezeExcitation: true };
    const { code, stdout } = await extend('-f', file([own]));
    expect([code, stdout]).toEqual([
      0,
      'small is running (train of round 1 of 2)\nnew: MBConv k27 (27)\nthere already: MBConv k0 (0)\n',
    ]);
    expect(asked).toMatchObject({ search: 'small', pool: '', rounds: 0, newSearch: '', subsetSize: 0 });
    expect(asked?.operations.map(fromStruct)).toEqual([{ ...own, dilation: 1, groups: [1, 1] }]);
  });

  it('says that a search which is over stays, and which one goes on from it', async () => {
    const operations = Array.from({ length: 72 }, (_, index) => operation(index, index >= 27));
    answer = { search: { ...running, id: 'more' }, continued: true, operations, cellsWithRoom: 3 };
    const { stdout } = await extend('--pool', 'mac72', '--rounds', '4', '--as', 'more', '--subset-size', '7');
    expect(stdout.split('\n')).toEqual([
      'small is over and stays as it is: another search goes on from it',
      'more is running (train of round 1 of 2)',
      'new: 45 operations (27 to 71)',
      'there already: 27 operations (0 to 26)',
      'tried from the first round on in cells that have room: 3',
      '',
    ]);
    expect(asked).toMatchObject({
      pool: 'mac72',
      rounds: 4,
      newSearch: 'more',
      operations: [],
      subsetSize: 7,
    });
    answer = { ...answer, cellsWithRoom: 0 };
    expect((await extend('--pool', 'mac72')).stdout).toContain(
      'no cell has room: the old front fills K = 5 of each',
    );
  });

  it('says how a search that halts goes on, and where nothing is new', async () => {
    answer = { search: { ...running, phase: 'PAUSED' }, operations: [operation(0, false)] };
    expect((await extend('--pool', 'mac27')).stdout).toBe(
      'small is paused (train of round 1 of 2)\nnothing is new\nthere already: MBConv k0 (0)\nThis goes on with it: ./nse search resume small\n',
    );
  });

  it('tells all as JSON, and watches to the end', async () => {
    const told = JSON.parse((await extend('--pool', 'mac72', '--json')).stdout) as object;
    expect(told).toMatchObject({ search: { id: 'small' }, continued: false, operations: { length: 2 } });
    const { code, stdout } = await extend('--pool', 'mac72', '--json', '--watch');
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toMatchObject([{ continued: false }, { search: { phase: 'SUCCEEDED' } }]);
  });

  it.each([
    [[], 'exactly one of --pool and --file'],
    [['--pool', 'mac72', '-f', 'x'], 'exactly one of --pool and --file'],
    [['-f', '/no/such/file'], 'cannot be read'],
    [['--pool', 'mac72', '--rounds', '0'], 'rounds is a whole number, 1 or more'],
  ])('refuses %j before it asks the service', async (args, told) => {
    const { code, stderr } = await extend(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(told);
    expect(asked).toBeUndefined();
  });

  it('names every wrong field of a file before it asks the service', async () => {
    const wrong = await extend('-f', file([{ kind: 'MBConv', kernel: 4, expansion: 0 }, { kind: 'x' }]));
    expect(wrong.code).toBe(2);
    for (const field of ['operations[0].kernel', 'operations[0].expansion', 'operations[1].kind'])
      expect(wrong.stderr).toContain(field);
    expect((await extend('-f', file({ kind: 'MBConv' }))).stderr).toContain('holds no list of operations');
    expect(asked).toBeUndefined();
  });
});
