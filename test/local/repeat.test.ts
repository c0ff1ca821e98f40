import { type Report, withoutTimes } from '@nse/report';
import type { messages } from '@nse/rpc';
import { tinySpec } from '@nse/testing';
import { storedEvents } from './event-log.js';
import { findBelow } from './processes.js';
import { LocalSystem } from './system.js';

let system: LocalSystem;

beforeAll(async () => {
  system = await LocalSystem.start();
});

afterAll(async () => {
  await system.stop();
});

/** What is killed, by its command line, when a stage of a round first tells a step from `step` on. */
interface Kill {
  readonly victim: RegExp;
  readonly stage: string;
  readonly round: number;
  readonly step: number;
}

const kills: readonly Kill[] = [
  { victim: /supernet-trainer\/dist\/worker\.js/, stage: 'train', round: 1, step: 6 },
  { victim: /fitness-evaluator\/dist\/main\.js/, stage: 'evaluate', round: 1, step: 4 },
  { victim: /^\S*nats-server -c/, stage: 'train', round: 2, step: 6 },
  { victim: /space-manager\/dist\/main\.js/, stage: 'evaluate', round: 2, step: 4 },
  { victim: /retrainer\/dist\/main\.js/, stage: 'retrain', round: 0, step: 7 },
];

/** Kills each victim once, as the search comes by. */
function killer() {
  const left = new Set(kills);
  const killed: RegExp[] = [];
  const onUpdate = ({ progress }: messages.SearchUpdate__Output) => {
    if (!progress) return;
    for (const kill of left) {
      if (kill.stage !== progress.stage || kill.round !== progress.round || progress.step < kill.step)
        continue;
      left.delete(kill);
      const victim = findBelow(process.pid, kill.victim);
      if (victim === undefined) continue;
      process.kill(victim.pid, 'SIGKILL');
      killed.push(kill.victim);
    }
  };
  return { onUpdate, killed };
}

describe('the same seed', () => {
  const spec = tinySpec();
  let undisturbed: Report;
  let disturbed: Report;
  let killed: RegExp[];

  beforeAll(async () => {
    undisturbed = await system.report(await system.search('undisturbed', spec));
    const { onUpdate, killed: victims } = killer();
    disturbed = await system.report(await system.search('disturbed', spec, onUpdate));
    killed = victims;
  });

  it('gives the same report but for times, whatever is killed meanwhile', () => {
    expect(killed).toEqual(kills.map(({ victim }) => victim));
    expect(withoutTimes(disturbed)).toEqual(withoutTimes(undisturbed));
  });

  it('leaves the same events, each once and each a CloudEvent', async () => {
    const told = async (search: string) => {
      const events = await storedEvents(system.runtime.endpoints.nats, [`nse.v1.${search}.>`]);
      for (const { subject, attributes, data } of events) {
        expect(attributes).toMatchObject({
          specversion: '1.0',
          subject: search,
          datacontenttype: 'application/json',
        });
        expect(subject).toBe(`nse.v1.${search}.${attributes['type']?.slice('nse.v1.'.length)}`);
        expect(data['search']).toBe(search);
      }
      return events.map(({ attributes }) => attributes['id']?.replace(search, ''));
    };
    const ids = await told('disturbed');
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(await told('undisturbed'));
    expect(ids).toEqual([
      '/0/search.created',
      ...[1, 2].flatMap((round) =>
        ['round.prepared', 'supernet.trained', 'fitness.evaluated', 'round.completed'].map(
          (type) => `/${round}/${type}`,
        ),
      ),
      '/0/search.completed',
      '/0/retrain.completed',
    ]);
  });

  it('tells a late subscriber of every completed round', async () => {
    const { nats } = system.runtime.endpoints;
    const events = await storedEvents(nats, ['nse.v1.disturbed.round.completed']);
    expect(events.map(({ data }) => data['round'])).toEqual([1, 2]);
    for (const [place, { data }] of events.entries()) {
      expect(data['front']).toHaveLength(disturbed.rounds[place]?.front.length ?? 0);
    }
  });
});
