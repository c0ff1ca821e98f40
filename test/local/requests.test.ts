import { connectBus } from '@nse/messaging';
import type { messages } from '@nse/rpc';
import { tinySpec } from '@nse/testing';
import { LocalSystem } from './system.js';

let system: LocalSystem;

beforeAll(async () => {
  system = await LocalSystem.start();
});

afterAll(async () => {
  await system.stop();
});

describe('what clients ask for beside a search', () => {
  const search = 'asked';
  let over: messages.Search__Output;

  beforeAll(async () => {
    over = await system.search(search, tinySpec());
  });

  /** All that the last round scored. */
  async function storedScores(): Promise<Required<messages.ArchitectureScore>[]> {
    const { artifacts } = await system.clients.spaceManager.getRound({ search, round: 2 });
    const bus = await connectBus({ url: system.runtime.endpoints.nats, name: 'tests' });
    const content = await bus.artifacts.get(artifacts['scores']?.name ?? '');
    await bus.close();
    return JSON.parse(String(Buffer.from(content))) as Required<messages.ArchitectureScore>[];
  }

  it('gives architectures the scores that their round gave them, bit by bit', async () => {
    const { evaluator } = system;
    const stored = await storedScores();
    // In another order, and of the last front, too.
    const some = [...stored.slice(-2), ...stored.slice(0, 2)];
    const codes = some.map(({ code }) => code);
    const { id } = await evaluator.evaluateArchitectures({ search, codes });
    let done: messages.ArchitectureEvaluation__Output | undefined;
    for await (const state of evaluator.watchArchitectureEvaluation({ search, id })) done = state;
    expect(done).toMatchObject({ round: 2, state: 'TASK_STATE_SUCCEEDED', scored: 4, failure: null });
    expect(done?.scores).toEqual(
      some.map(({ code, cost, macs, accuracy, loss }) => ({ code, cost, macs, accuracy, loss })),
    );
  });

  it('trains the chosen architecture to the very weights of the search itself, and others by another seed', async () => {
    const { retrainer } = system.clients;
    const { id } = await retrainer.startRetraining({ search, code: over.chosen!.code });
    let progress = 0;
    for await (const update of retrainer.watchRetraining({ search, id })) if (update.progress) progress++;
    expect(progress).toBeGreaterThan(0);
    const asked = await retrainer.getRetraining({ search, id });
    const own = await retrainer.getRetraining({ search });
    expect(asked.chosen?.weights?.sha256).toBe(own.chosen?.weights?.sha256);
    expect(asked.chosen?.testAccuracy).toBe(own.chosen?.testAccuracy);
    const other = await retrainer.startRetraining({ search, code: over.chosen!.code, seed: 12 });
    const seen: (string | undefined)[] = [];
    for await (const { retraining } of retrainer.watchRetraining({ search, id: other.id })) {
      if (retraining) seen.push(retraining.state);
    }
    expect(seen.at(-1)).toBe('TASK_STATE_SUCCEEDED');
    const { retrainings } = await retrainer.listRetrainings({ search });
    expect(retrainings.map((retraining) => retraining.id)).toEqual(['', id, other.id]);
    expect(retrainings[2]?.chosen?.weights?.sha256).not.toBe(own.chosen?.weights?.sha256);
    expect(retrainings.every(({ state }) => state === 'TASK_STATE_SUCCEEDED')).toBe(true);
  });
});
