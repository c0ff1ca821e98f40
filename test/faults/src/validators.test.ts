import { expectedIds } from '@nse/testing';
import type { LoggedEvent } from './event-log.js';
import type { Evidence, Json } from './evidence.js';
import { bounded } from './sizes.js';
import { violationsOf } from './validators.js';

const search = 'one';
const front = (round: number) => [{ code: `1.${round}`, cost: 10, macs: 10, accuracy: 0.5, round }];
const weights = (task: string) => ({ name: `${task}/weights`, bytes: 8, sha256: `of ${task}` });
const artifacts = (round: number) => ({ weights: weights(`${search}-r${round}-train`) });
const model = (role: string) => ({
  code: '1.2',
  testAccuracy: 0.5,
  weights: weights(`${search}-retrain-${role}`),
});

const payloads: Readonly<Record<string, (round: number) => Json>> = {
  'supernet.trained': (round) => ({ ...artifacts(round), seconds: 1 }),
  'round.completed': (round) => ({ front: front(round), artifacts: artifacts(round), seconds: { train: 1 } }),
  'search.completed': () => ({ front: front(2), chosen: front(2)[0] }),
  'retrain.completed': () => ({ chosen: model('chosen'), random: model('random') }),
};

/** A message of the log for the id, `<search>/<round>/<type>`. */
function event(id: string, sequence = 0): LoggedEvent {
  const [, round = '', type = ''] = id.split('/');
  const ofRound = round === '0' ? {} : { round: Number(round), rounds: 2 };
  const data = { search, ...ofRound, ...payloads[type]?.(Number(round)) };
  return { sequence, subject: `nse.v1.${search}.${type}`, id, messageId: id, type, data };
}

/** What a search of two rounds leaves that went as it should. */
const good: Evidence = {
  search,
  rounds: 2,
  log: expectedIds(search, 2).map(event),
  state: {
    phase: 'SUCCEEDED',
    spec: { rounds: 2 },
    front: front(2),
    chosen: front(2)[0],
    retrained: { chosen: model('chosen'), random: model('random') },
  },
  records: Object.fromEntries(
    [1, 2].map((round) => [`${search}.${round}`, { front: front(round), artifacts: artifacts(round) }]),
  ),
  runs: Object.fromEntries(
    ['r1-train', 'r2-train', 'retrain-chosen', 'retrain-random'].map((task) => [
      `${search}-${task}.0`,
      { attempt: 1, owner: 'a', result: { value: { weights: weights(`${search}-${task}`) } } },
    ]),
  ),
  work: [],
  artifacts: [weights(`${search}-r1-train`).name],
};

const withLog = (change: (log: LoggedEvent[]) => unknown): Evidence => {
  const log = [...good.log];
  change(log);
  return { ...good, log };
};

const trained = `${search}/1/supernet.trained`;
const placeOf = (id: string) => good.log.findIndex((found) => found.id === id);

/** Each a bug that was planted in what a search left, and what must be said of it. */
const planted: readonly (readonly [string, Evidence, string])[] = [
  ['a lost event', withLog((log) => log.splice(placeOf(trained), 1)), `complete: ${trained} is missing`],
  [
    'an event that is there twice',
    withLog((log) => log.push(event(trained, 99))),
    `unique: ${trained} is there 2`,
  ],
  [
    'a fact that is told twice, under another id',
    withLog((log) => log.splice(placeOf(trained), 0, { ...event(trained), id: `${trained}-again` })),
    'unique: supernet.trained of round 1 is there 2 times',
  ],
  [
    'an effect before its cause',
    withLog((log) => log.splice(2, 2, event(`${search}/1/fitness.evaluated`), event(trained))),
    `ordered: ${trained} comes after ${search}/1/fitness.evaluated`,
  ],
  [
    'a resume without a halt',
    withLog((log) => log.splice(3, 0, event(`${search}/1/search.resumed`))),
    'comes without a halt before it',
  ],
  ['no end', withLog((log) => log.pop()), `complete: ${search}/0/retrain.completed is missing`],
  [
    'another front in the record than in the event',
    { ...good, records: { ...good.records, [`${search}.1`]: { front: front(2), artifacts: artifacts(1) } } },
    `consistent: the front of ${search}.1`,
  ],
  [
    'another final front than the last round’s',
    { ...good, state: { ...good.state, front: front(1) } },
    'consistent: the final front',
  ],
  [
    'another chosen architecture',
    { ...good, state: { ...good.state, chosen: front(1)[0] } },
    'consistent: the chosen architecture',
  ],
  [
    'a round without a record',
    { ...good, records: { [`${search}.1`]: good.records[`${search}.1`]! } },
    'consistent: the list of recorded rounds',
  ],
  [
    'a round too many',
    { ...good, records: { ...good.records, [`${search}.3`]: good.records[`${search}.2`]! } },
    'consistent: the list of recorded rounds',
  ],
  ['a search that hangs', { ...good, state: { ...good.state, phase: 'RUNNING' } }, 'the search is RUNNING'],
  [
    'a second result that took the first one’s place',
    {
      ...good,
      runs: { ...good.runs, [`${search}-r1-train.0`]: { result: { value: { weights: weights('other') } } } },
    },
    `oneResult: the result of ${search}-r1-train.0`,
  ],
  [
    'a task that never ended',
    { ...good, runs: { ...good.runs, [`${search}-r2-train.0`]: { attempt: 1 } } },
    `oneResult: task ${search}-r2-train.0 has no result`,
  ],
  ['a score that stays in the queue', { ...good, work: [`${search}-r1-evaluate.3`] }, 'tidy: work'],
  [
    'a checkpoint that stays',
    { ...good, artifacts: [`${search}-r1-train.0.checkpoint-1-4`] },
    'tidy: one-r1-train.0.checkpoint-1-4',
  ],
  [
    'a front that is better in the last bit',
    (() => {
      const better = JSON.stringify(good).replaceAll('"accuracy":0.5', `"accuracy":${0.5 + 2 ** -52}`);
      return JSON.parse(better) as Evidence;
    })(),
    'differs from the undisturbed search',
  ],
  [
    'other weights',
    JSON.parse(JSON.stringify(good).replaceAll('of one-r2-train', 'of another')) as Evidence,
    'differs from the undisturbed search',
  ],
];

describe('the validators', () => {
  it('find nothing in a search that went as it should', () => {
    expect(violationsOf(good, good)).toEqual([]);
  });

  it('find nothing in one that took longer, was halted and had another name', () => {
    const renamed = JSON.parse(JSON.stringify(good).replaceAll(`"seconds":1`, `"seconds":9`)) as Evidence;
    const halted = [event(`${search}/0/search.paused`), event(`${search}/1/search.resumed`)];
    const log = [...renamed.log.slice(0, 3), ...halted, ...renamed.log.slice(3)];
    const other = JSON.parse(JSON.stringify(good).replaceAll('one', 'two')) as Evidence;
    expect(violationsOf({ ...renamed, log }, other)).toEqual([]);
  });

  it.each(planted)('find %s', (_, evidence, violation) => {
    expect(violationsOf(evidence, good).join('\n')).toContain(violation);
  });
});

describe('the bound on what is stored', () => {
  const sizes = (bytes: number) => ({ streams: { NSE: { bytes, messages: 1 } } });

  it('grows with the searches', () => {
    expect(bounded(sizes(100_000), sizes(400_000), 3)).toEqual([]);
  });

  it('finds what grows without end', () => {
    expect(bounded(sizes(100_000), sizes(4_000_000), 3)).toEqual([
      'stream NSE holds 4000000 bytes, more than the 615536 expected',
    ]);
  });
});
