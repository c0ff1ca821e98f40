import { downloadModel } from '@nse/cli';
import { connectBus } from '@nse/messaging';
import { type Report, withoutTimes } from '@nse/report';
import { type messages, toStruct } from '@nse/rpc';
import { decodeArchitecture, inherit, macroNetwork } from '@nse/space';
import { poolOf } from '@nse/spec';
import { tinySpec } from '@nse/testing';
import { storedEvents } from './event-log.js';
import { findBelow } from './processes.js';
import { LocalSystem } from './system.js';

/** What the fitness-evaluator stored of an architecture. */
interface Stored {
  readonly code: string;
  readonly cost: number;
  readonly accuracy: number;
  readonly origin: 'sampled' | 'extra' | 'front';
}

const tiny = { subsetSize: 3, retrain: { ...tinySpec().retrain, compareRandom: false } };
// Without extras, which may dominate what is old and are never inherited: then fronts are comparable without exception.
const evaluate = { ...tinySpec().evaluate, extra: 0 };
// A front of few leaves room in the cells, whatever a machine's arithmetic makes of them: an optimized space that fills K would
// let nothing in.
const few = { ...evaluate, architectures: 2 };

let system: LocalSystem;

beforeAll(async () => {
  system = await LocalSystem.start();
});

afterAll(async () => {
  await system.stop();
});

/** All that a round scored on its supernet: samples, and the front of the round before. */
async function scoresOf({ search, artifacts }: messages.Round__Output): Promise<Stored[]> {
  const bus = await connectBus({ url: system.runtime.endpoints.nats, name: 'tests' });
  const content = await bus.artifacts.get(artifacts['scores']?.name ?? search);
  await bus.close();
  return JSON.parse(String(Buffer.from(content))) as Stored[];
}

/**
 * Every architecture of the old front was scored again, and some point of the new one costs no more and is as accurate by the scores
 * of the same supernet.
 */
async function expectNoWorse(old: readonly messages.FrontPoint__Output[], round: messages.Round__Output) {
  const again = (await scoresOf(round)).filter(({ origin }) => origin === 'front');
  expect(again.map(({ code }) => code).sort()).toEqual(old.map(({ code }) => code).sort());
  for (const { cost, accuracy } of again)
    expect(round.front.some((point) => point.cost <= cost && point.accuracy >= accuracy)).toBe(true);
}

async function expectChainNoWorse(
  before: readonly messages.FrontPoint__Output[],
  rounds: readonly messages.Round__Output[],
) {
  for (const [at, round] of rounds.entries()) await expectNoWorse(rounds[at - 1]?.front ?? before, round);
}

describe('a search that is over, and gets operations', () => {
  const spec = tinySpec({ ...tiny, subsetSize: 5, evaluate: few, onlyOperations: [3, 6, 9, 10, 12] });
  let old: messages.Search__Output;
  let next: messages.Search__Output;
  let added: messages.AddOperationsResponse__Output;

  beforeAll(async () => {
    old = await system.search('small', spec);
    expect(old).toMatchObject({ phase: 'SUCCEEDED', failure: null });
    const request = { search: 'small', pool: 'mac72', rounds: 2 };
    added = await system.clients.spaceManager.addOperations(request);
    // Asked for again, as a client would whose connection broke.
    expect((await system.clients.spaceManager.addOperations(request)).search?.id).toBe('small-2');
    next = await system.follow('small-2');
  });

  it('goes on in a new one, with what it found and the operations that it lacked', async () => {
    expect(old).toMatchObject({ phase: 'SUCCEEDED', rounds: 2 });
    expect(added).toMatchObject({ continued: true, search: { id: 'small-2' } });
    const known = added.operations.filter((operation) => !operation.added);
    expect(known.map(({ index, name }) => [index, name])).toEqual([
      [0, 'MBConv k3 t3'],
      [1, 'MBConv k3 t6'],
      [2, 'MBConv k5 t1'],
      [3, 'MBConv k5 t3'],
      [4, 'MBConv k7 t1'],
    ]);
    expect(next).toMatchObject({ phase: 'SUCCEEDED', failure: null, rounds: 2 });
    const [first, second] = await system.rounds(next);
    expect([first?.joined.length, second?.joined.length]).toEqual([67, 0]);
    const space = await system.clients.spaceManager.getSpace({ search: 'small-2' });
    expect(space.pool).toBe('mac27[5]+67');
    expect(space.since).toEqual(Array.from({ length: 72 }, (_, index) => (index < 5 ? 0 : 1)));
    const cells = first?.space?.tried ?? [];
    const network = macroNetwork(spec.network);
    const front = old.front.map(({ code }) => decodeArchitecture(code, network, poolOf(spec)));
    const room = inherit(front, cells.length).flatMap(({ length }, cell) =>
      length < spec.subsetSize ? [cell] : [],
    );
    expect(room).not.toEqual([]);
    const triesNew = cells.flatMap(({ index }, cell) =>
      index.some((operation) => operation >= 5) ? [cell] : [],
    );
    expect(triesNew).toEqual(room);
    expect(added.cellsWithRoom).toBe(room.length);
  });

  it('has a front that never gets worse by the scores of one supernet, over both searches', async () => {
    const [before, after] = [await system.rounds(old), await system.rounds(next)];
    await expectChainNoWorse([], before);
    await expectChainNoWorse(old.front, after);
  });

  it('stays as it was, with its model', async () => {
    const { spaceManager, retrainer } = system.clients;
    expect(await spaceManager.getSearch({ search: 'small' })).toMatchObject({ updateTime: old.updateTime });
    expect([...(await downloadModel(retrainer, 'small')).keys()]).toContain('model.safetensors');
    expect([...(await downloadModel(retrainer, 'small-2')).keys()]).toContain('model.safetensors');
  });
});

describe('a search that gets an operation of the user’s own while it runs', () => {
  const spec = tinySpec({ ...tiny, subsetSize: 4, evaluate: few, onlyOperations: [3, 9, 10, 12], rounds: 1 });
  const own = { kind: 'MBConv', kernel: 13, expansion: 1, squeezeExcitation: true, activation: 'swish' };
  const name = 'MBConv k13 t1 se swish';
  let once: { over: messages.Search__Output; report: Report };
  let again: typeof once;

  /** Runs the search, and adds the operation when that stage of the first round tells of itself. */
  async function run(id: string, stage: string, then: () => void = () => undefined): Promise<typeof once> {
    let adding: Promise<unknown> | undefined;
    const over = await system.search(id, spec, ({ progress }) => {
      if (progress?.stage !== stage || progress.round !== 1 || adding !== undefined) return;
      adding = system.clients.spaceManager
        .addOperations({ search: id, operations: [toStruct(own)] })
        .then(then);
    });
    await adding;
    expect(over).toMatchObject({ phase: 'SUCCEEDED', failure: null });
    return { over, report: await system.report(over) };
  }

  beforeAll(async () => {
    once = await run('grown', 'train');
    again = await run('grown-again', 'evaluate', () => {
      process.kill(findBelow(process.pid, /space-manager\/dist\/main\.js/)!.pid, 'SIGKILL');
    });
  });

  it('goes on in the next round, which tries it in cells that have room', async () => {
    expect(once.over).toMatchObject({ phase: 'SUCCEEDED', failure: null, rounds: 2 });
    expect(once.over.extensions).toMatchObject([{ since: 2, operations: [{ index: 4, name }] }]);
    const [first, second] = await system.rounds(once.over);
    expect([first?.joined, second?.joined]).toEqual([[], [{ index: 4, name }]]);
    expect(first?.space?.subsets.some(({ index }) => index.includes(4))).toBe(false);
    expect(second?.space?.tried.some(({ index }) => index.includes(4))).toBe(true);
    await expectChainNoWorse([], [first!, second!]);
  });

  it('trains it, scores it, and retrains what has it', async () => {
    const round = await system.clients.spaceManager.getRound({ search: 'grown', round: 2 });
    const has = ({ code }: Stored) => code.split('.').some((cell) => cell.split(',').includes('4'));
    const [best] = (await scoresOf(round)).filter(has).sort((a, b) => b.accuracy - a.accuracy);
    expect(best?.accuracy).toBeGreaterThan(0);
    const place = round.space?.subsets.findIndex(({ index }) => index.includes(4)) ?? -1;
    const logit = round.logits[place]?.value[round.space?.subsets[place]?.index.indexOf(4) ?? -1];
    // Fitness began at 0 and has moved.
    expect(logit?.kind === 'numberValue' && logit.numberValue !== 0).toBe(true);
    const { retrainer } = system.clients;
    const { id } = await retrainer.startRetraining({ search: 'grown', code: best!.code });
    let last: messages.Retraining__Output | null = null;
    for await (const { retraining } of retrainer.watchRetraining({ search: 'grown', id }))
      if (retraining) last = retraining;
    expect(last).toMatchObject({
      state: 'TASK_STATE_SUCCEEDED',
      failure: null,
      chosen: { code: best?.code },
    });
  });

  it('comes to the same, whichever stage of the round it comes in and whoever is killed just then', () => {
    expect(withoutTimes(again.report)).toEqual(withoutTimes(once.report));
  });

  it('is told of once, before the end of the round that was under way, which nothing disturbed', async () => {
    for (const id of ['grown', 'grown-again']) {
      const events = await storedEvents(system.runtime.endpoints.nats, [`nse.v1.${id}.>`]);
      const ids = events.map(({ attributes }) => attributes['id']);
      expect(new Set(ids).size).toBe(ids.length);
      const extended = events.filter(({ attributes }) => attributes['type'] === 'nse.v1.search.extended');
      expect(extended.map(({ data }) => [data['round'], data['from'], data['operations']])).toEqual([
        [1, 4, [name]],
      ]);
      expect(ids.indexOf(`${id}/1/extension-1/search.extended`)).toBeLessThan(
        ids.indexOf(`${id}/1/round.completed`),
      );
      const ofRounds = events.filter(({ attributes }) => attributes['type'] === 'nse.v1.round.prepared');
      const specs = ofRounds.map(({ data }) => data['spec'] as { addOperations?: unknown[]; rounds: number });
      expect(specs.map(({ addOperations = [], rounds }) => [addOperations.length, rounds])).toEqual([
        [0, 1],
        [1, 2],
      ]);
    }
  });
});
