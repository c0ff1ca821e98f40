import { dueEvents } from './due.js';
import { extendSearch } from './grow.js';
import { artifact, now, roundRecord, searchState } from './testing/search.js';

const point = { code: '0', cost: 1, macs: 1, accuracy: 0.5, round: 1 };
const ids = (...input: Parameters<typeof dueEvents>) => dueEvents(...input).map(({ id }) => id);

describe('the events that are due', () => {
  it('after the start are its creation and the first round', () => {
    const [created, prepared] = dueEvents(searchState('s'), undefined);
    expect(created).toMatchObject({ id: 's/0/search.created', source: '/nse/space-manager' });
    expect(prepared).toMatchObject({
      id: 's/1/round.prepared',
      data: { optimized: null, oldFront: [], carried: null },
    });
  });

  it('do not change with the stage within a round', () => {
    expect(ids(searchState('s', { stage: 'evaluate' }), undefined)).toEqual(ids(searchState('s'), undefined));
  });

  it('after a round are its completion and the next round, which knows the front and the space', () => {
    const state = searchState('s', { round: 2, front: [point], carried: artifact });
    const [completed, prepared] = dueEvents(state, roundRecord('s', 1));
    expect(completed).toMatchObject({
      id: 's/1/round.completed',
      data: { seconds: { train: 2, evaluate: 1 } },
    });
    expect(prepared).toMatchObject({
      id: 's/2/round.prepared',
      data: {
        oldFront: [point],
        carried: artifact,
        optimized: state.space.optimized,
        subsets: state.space.subsets,
      },
    });
  });

  it('after the last round are its completion and that of the search', () => {
    const state = searchState('s', { phase: 'RETRAINING', stage: 'retrain', round: 2, chosen: point });
    const expected = ['s/2/round.completed', 's/0/search.completed'];
    expect(ids(state, roundRecord('s', 2))).toEqual(expected);
    expect(ids({ ...state, phase: 'SUCCEEDED' }, roundRecord('s', 2))).toEqual(expected);
  });

  it('after a failure are that, and what the search had come to', () => {
    const failure = { stage: 'train', round: 1, reason: 'no images', attempts: 3 } as const;
    const events = dueEvents(searchState('s', { phase: 'FAILED', failure }), undefined);
    expect(events.at(-1)).toMatchObject({ id: 's/1/train/search.failed', data: { search: 's', ...failure } });
    expect(events.map(({ id }) => id).slice(0, -1)).toEqual(ids(searchState('s'), undefined));
  });

  it('tell each pause, resume and failure from the one before it', () => {
    const failure = { stage: 'train', round: 2, reason: 'no images', attempts: 3 } as const;
    const resumed = { count: 2, stage: 'train', round: 2 } as const;
    const last = (changes: Parameters<typeof searchState>[1]) =>
      ids(searchState('s', { round: 2, resumed, ...changes }), roundRecord('s', 1)).at(-1);
    expect(last({ phase: 'RUNNING' })).toBe('s/2/train/resume-2/search.resumed');
    expect(last({ phase: 'FAILED', failure })).toBe('s/2/train/resume-2/search.failed');
    expect(last({ phase: 'PAUSED' })).toBe('s/0/resume-2/search.paused');
    expect(last({ phase: 'PAUSED', resumed: null })).toBe('s/0/search.paused');
  });

  it('name the place of the last resume, wherever the search is by now', () => {
    const resumed = { count: 1, stage: 'evaluate', round: 1 } as const;
    const state = searchState('s', {
      phase: 'RETRAINING',
      stage: 'retrain',
      round: 2,
      chosen: point,
      resumed,
    });
    expect(ids(state, roundRecord('s', 2)).at(-1)).toBe('s/1/evaluate/resume-1/search.resumed');
  });

  it('after the pool grew are that first, then what the search has come to', () => {
    const state = searchState('s', { round: 2, front: [point], carried: artifact });
    const grown = extendSearch(state, { choice: { pool: 'mac72' }, rounds: 0, now });
    const record = roundRecord('s', 1);
    expect(ids(grown, record)).toEqual(['s/2/extension-1/search.extended', ...ids(state, record)]);
    const [event] = dueEvents(grown, record);
    expect(event).toMatchObject({
      data: { round: 2, rounds: grown.spec.rounds, extension: 1, from: 27, spec: grown.spec },
    });
    expect(event?.data).toHaveProperty('operations.length', 45);
    expect(ids({ ...grown, phase: 'CANCELLED' }, record)).toEqual(['s/0/search.cancelled']);
  });

  it('after a cancellation are that alone, and of a search that is being removed none', () => {
    expect(ids(searchState('s', { phase: 'CANCELLED' }), undefined)).toEqual(['s/0/search.cancelled']);
    expect(ids(searchState('s', { phase: 'DELETING' }), undefined)).toEqual([]);
  });

  it('have the same ids however often they are asked for', () => {
    const state = searchState('s', { round: 2 });
    expect(ids(state, roundRecord('s', 1))).toEqual(ids(state, roundRecord('s', 1)));
  });
});
