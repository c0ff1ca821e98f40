import {
  type Bus,
  connectBus,
  type NatsServer,
  newEvent,
  startNatsServer,
  type States,
} from '@nse/messaging';
import { NseError } from '@nse/space';
import { logger } from '@nse/telemetry';
import { searchesBucket } from './halting.js';
import { startStage } from './stage.js';

interface Standing {
  readonly phase: string;
  readonly resumed: { readonly count: number } | null;
}

const log = logger('tests', { write: () => undefined });

let server: NatsServer;
let bus: Bus;
let searches: States<Standing>;
/** What the stage did, in order. */
let done: string[];
let perform: (search: string, signal: AbortSignal) => Promise<void>;

beforeAll(async () => {
  server = await startNatsServer();
  bus = await connectBus({ url: server.url, name: 'tests', log });
  searches = await bus.states(searchesBucket, (value) => value as Standing);
  await startStage(bus, {
    durable: 'stage',
    stage: 'retrain',
    begins: 'search.completed',
    perform: async ({ data }, signal) => {
      done.push(`${data.search} begins`);
      await perform(data.search, signal);
      done.push(`${data.search} ends`);
    },
  });
});

beforeEach(() => {
  done = [];
  perform = () => Promise.resolve();
});

afterAll(async () => {
  await bus.close();
  await server.stop();
});

const point = { code: '0', cost: 1, macs: 1, accuracy: 0.5, round: 1 };
const begin = (search: string) =>
  bus.publish(
    newEvent('search.completed', { search, spec: {}, front: [point], chosen: point, random: null }, 't'),
  );
const resume = (search: string, resumes: number) =>
  bus.publish(newEvent('search.resumed', { search, stage: 'retrain', round: 0, resumes }, 't'));

/** Goes on when the stage has said so; one that never does runs into the test's time limit. */
async function until(what: string): Promise<void> {
  while (!done.includes(what)) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A search on which all is done that was asked for before: events are handed over in order, one slot at a time or more. */
async function fence(): Promise<void> {
  const id = `fence-${Math.round(performance.now() * 1e3)}`;
  await searches.create(id, { phase: 'RETRAINING', resumed: null });
  await begin(id);
  await until(`${id} ends`);
  done = done.filter((line) => !line.startsWith(id));
}

/** Work that goes on until its signal aborts. */
const endless = (_search: string, signal: AbortSignal) =>
  new Promise<void>((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(NseError.from(signal.reason))),
  );

describe('a stage', () => {
  it('is not begun for a search that is halted, or gone', async () => {
    await searches.create('paused', { phase: 'PAUSED', resumed: null });
    await begin('paused');
    await begin('gone');
    await fence();
    expect(done).toEqual([]);
  });

  it('begins with its own event when the search goes on, and only then', async () => {
    await searches.update(
      'paused',
      { phase: 'RETRAINING', resumed: { count: 1 } },
      (await searches.get('paused'))!.revision,
    );
    await bus.publish(
      newEvent('search.resumed', { search: 'paused', stage: 'train', round: 1, resumes: 1 }, 't'),
    );
    await resume('paused', 1);
    await until('paused ends');
    await fence();
    expect(done).toEqual(['paused begins', 'paused ends']);
  });

  it('stops at once when the search is halted, and says nothing of failure', async () => {
    const revision = await searches.create('busy', { phase: 'RETRAINING', resumed: null });
    perform = endless;
    await begin('busy');
    await until('busy begins');
    await searches.update('busy', { phase: 'CANCELLED', resumed: null }, revision);
    perform = () => Promise.resolve();
    await fence();
    expect(done).toEqual(['busy begins']);
    for await (const { id } of bus.replay({ search: 'busy', types: ['task.failed'], follow: false })) {
      throw new Error(`${id} was published`);
    }
  });

  it('stops, too, when the search is removed', async () => {
    await searches.create('removed', { phase: 'RETRAINING', resumed: null });
    let stopped: (() => void) | undefined;
    const stop = new Promise<void>((resolve) => (stopped = resolve));
    perform = (search, signal) => endless(search, signal).finally(() => stopped?.());
    await begin('removed');
    await until('removed begins');
    await searches.delete('removed');
    await stop;
  });

  it('believes a resume more than a state from before it', async () => {
    // What a replica of the store that lags behind would still say.
    await searches.create('lagging', { phase: 'PAUSED', resumed: null });
    await begin('lagging');
    await resume('lagging', 1);
    await until('lagging ends');
  });

  it('fails aloud when the event that it begins with is not stored any more', async () => {
    await searches.create('old', { phase: 'RETRAINING', resumed: { count: 1 } });
    await resume('old', 1);
    for await (const { data } of bus.replay({ search: 'old', types: ['task.failed'] })) {
      expect(data).toMatchObject({ stage: 'retrain', round: 0, resumes: 1 });
      expect(data.reason).toContain('search.completed of search "old" is not stored any more');
      break;
    }
  });
});
