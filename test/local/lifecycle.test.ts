import { type Report, withoutTimes } from '@nse/report';
import { type messages, toStruct } from '@nse/rpc';
import { connect } from 'nats';
import { tinySpec } from '@nse/testing';
import { storedEvents } from './event-log.js';
import { findBelow } from './processes.js';
import { LocalSystem, until } from './system.js';

const spec = tinySpec();
const workerOfAny = /\/dist\/worker\.js/;

let system: LocalSystem;

beforeAll(async () => {
  system = await LocalSystem.start();
});

afterAll(async () => {
  await system.stop();
});

/** Where the search is halted: when a stage of a round first tells a step from `step` on. */
const halts = [
  { stage: 'train', round: 1, step: 6 },
  { stage: 'evaluate', round: 2, step: 4 },
  { stage: 'retrain', round: 0, step: 7 },
];

/** Pauses at each of the halts, waits until no worker is left, and resumes. */
function halter(id: string) {
  const left = [...halts];
  const halted: string[] = [];
  let last = Promise.resolve();
  const halt = async (stage: string) => {
    const { spaceManager } = system.clients;
    expect(await spaceManager.pauseSearch({ search: id })).toMatchObject({ phase: 'PAUSED' });
    await until(`no worker of ${stage} is left`, () => findBelow(process.pid, workerOfAny) === undefined);
    halted.push(stage);
    await spaceManager.resumeSearch({ search: id });
  };
  const onUpdate = ({ progress }: messages.SearchUpdate__Output) => {
    const [next] = left;
    if (!progress || next?.stage !== progress.stage || next.round !== progress.round) return;
    if (progress.step < next.step) return;
    left.shift();
    last = last.then(() => halt(next.stage));
  };
  return { onUpdate, halted, settled: () => last };
}

describe('a search that is paused and resumed at every stage', () => {
  let undisturbed: Report;
  let resumed: Report;
  let halted: readonly string[];
  let resumes: number;

  beforeAll(async () => {
    undisturbed = await system.report(await system.search('undisturbed', spec));
    const { onUpdate, halted: stages, settled } = halter('resumed');
    const search = await system.search('resumed', spec, onUpdate);
    await settled();
    resumed = await system.report(search);
    [halted, resumes] = [stages, search.resumes];
  });

  it('has no worker while it is paused', () => {
    expect(halted).toEqual(halts.map(({ stage }) => stage));
    expect(resumes).toBe(halts.length);
  });

  it('comes to the same report, but for times', () => {
    expect(withoutTimes(resumed)).toEqual(withoutTimes(undisturbed));
  });

  it('tells of each pause and resume, and of everything else once', async () => {
    const told = async (search: string) => {
      const events = await storedEvents(system.runtime.endpoints.nats, [`nse.v1.${search}.>`]);
      return events.map(({ attributes }) => attributes['id'] ?? '');
    };
    const ids = await told('resumed');
    const isHalt = (id: string) => /paused|resumed$/.test(id);
    expect(ids.filter(isHalt)).toHaveLength(2 * halts.length);
    const rest = ids.filter((id) => !isHalt(id)).map((id) => id.replace('resumed', 'undisturbed'));
    expect(rest).toEqual(await told('undisturbed'));
  });
});

describe('a search that goes on from another one, with a larger pool', () => {
  it('begins with its optimized space and its front, and finds a model', async () => {
    const larger = tinySpec({ pool: 'mac72', continueFrom: 'resumed', rounds: 1 });
    const search = await system.search('larger', larger);
    expect(search).toMatchObject({ phase: 'SUCCEEDED', failure: null });
    const { spaceManager } = system.clients;
    const [old, first] = await Promise.all([
      spaceManager.getRound({ search: 'resumed' }),
      spaceManager.getRound({ search: 'larger' }),
    ]);
    for (const [cell, { index }] of (old.space?.optimized ?? []).entries()) {
      expect(first.space?.subsets[cell]?.index).toEqual(expect.arrayContaining(index));
    }
    // What was found before is scored again, beside what is new.
    const { architectures } = larger.evaluate;
    expect(first.scored).toBeGreaterThanOrEqual(architectures + old.front.length);
    expect(first.space?.pending.every((count) => count >= 72 - 27)).toBe(true);
  });
});

describe('a search that is cancelled in the middle', () => {
  it('loses its worker and its future, and can be deleted without a trace', async () => {
    const { spaceManager } = system.clients;
    await spaceManager.createSearch({ search: 'unwanted', spec: toStruct(spec) });
    for await (const { progress, search } of spaceManager.watchSearch({ search: 'unwanted' })) {
      if (progress) await spaceManager.cancelSearch({ search: 'unwanted' });
      if (search) expect(['RUNNING', 'CANCELLED']).toContain(search.phase);
    }
    await until('its worker is gone', () => findBelow(process.pid, workerOfAny) === undefined);
    await spaceManager.deleteSearch({ search: 'unwanted' });
    expect(await traces('unwanted')).toEqual(['nse.v1.unwanted.search.deleted']);
  });

  it('leaves others alone', async () => {
    expect((await traces('undisturbed')).length).toBeGreaterThan(10);
    await system.clients.spaceManager.deleteSearch({ search: 'undisturbed' });
    expect(await traces('undisturbed')).toEqual(['nse.v1.undisturbed.search.deleted']);
  });
});

/** Subjects of the stored messages, in any stream, that name the search; markers of deleted keys and objects aside. */
async function traces(search: string): Promise<string[]> {
  const connection = await connect({ servers: system.runtime.endpoints.nats });
  try {
    const jsm = await connection.jetstreamManager();
    const found: string[] = [];
    for await (const { config, state } of jsm.streams.list()) {
      if (state.messages === 0) continue;
      const consumer = await connection.jetstream().consumers.get(config.name, { headers_only: true });
      for await (const { subject, headers } of await consumer.fetch({
        max_messages: state.messages,
        expires: 2_000,
      })) {
        const deleted = headers?.get('KV-Operation') === 'DEL';
        const named = new RegExp(`\\.${search}(?![a-z0-9])`).test(subject);
        if (named && !deleted) found.push(subject);
      }
    }
    return found;
  } finally {
    await connection.close();
  }
}
