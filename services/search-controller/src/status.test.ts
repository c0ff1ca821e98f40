import fc from 'fast-check';
import { NseError } from '@nse/space';
import { eventName, happenings } from './cluster-events.js';
import { refusalOf, requestOf } from './request.js';
import { conditionOf, type ConditionType, conditionTypes, type ResourceStatus } from './resource.js';
import { type Finding, statusOf } from './status.js';
import { isSettled, type Search, stepOf } from './step.js';
import { resourceOf, searchOf } from './testing/objects.js';

const then = '2026-01-01T00:00:00.123Z';
const later = '2026-01-01T01:00:00.456Z';
const preset = { preset: 'cifar10' };
const point = { code: '0.1', cost: 5, macs: 5e6, accuracy: 0.87654321, round: 2 };

const shown = (status: ResourceStatus) =>
  Object.fromEntries(
    (status.conditions ?? []).map(({ type, status: is, reason }) => [type, `${is} ${reason}`]),
  );
const of = (search: Partial<Search>): Finding => ({ kind: 'search', search: searchOf(search) });
const statusAfter = (search: Partial<Search>, suspend = false) =>
  statusOf(resourceOf({ ...preset, suspend }), of(search), then);

describe('the status of an object', () => {
  it.each<[string, Partial<Search>, boolean, string, Partial<Record<ConditionType, string>>]>([
    [
      'works',
      {},
      false,
      'Running',
      { Accepted: 'True Created', Progressing: 'True Training', Failed: 'False Running' },
    ],
    [
      'retrains',
      { phase: 'RETRAINING', stage: 'retrain' },
      false,
      'Retraining',
      { Progressing: 'True Retraining' },
    ],
    [
      'waits for a GPU',
      { waiting: 'Unschedulable: 0/1 nodes are available' },
      false,
      'Running',
      { Progressing: 'False Unschedulable', Failed: 'False Running' },
    ],
    ['is suspended', { phase: 'PAUSED' }, true, 'Suspended', { Suspended: 'True SuspendedBySpec' }],
    ['was paused by a client', { phase: 'PAUSED' }, false, 'Suspended', { Suspended: 'True PausedByClient' }],
    ['is to be suspended', {}, true, 'Running', { Suspended: 'False NotSuspended' }],
    [
      'is done',
      { phase: 'SUCCEEDED' },
      false,
      'Succeeded',
      { Succeeded: 'True Succeeded', Failed: 'False Succeeded' },
    ],
    [
      'failed',
      { phase: 'FAILED' },
      false,
      'Failed',
      { Failed: 'True StageFailed', Succeeded: 'False Failed' },
    ],
    ['was cancelled', { phase: 'CANCELLED' }, false, 'Cancelled', { Failed: 'True Cancelled' }],
  ])('tells of a search that %s', (_, search, suspend, phase, conditions) => {
    const status = statusAfter(search, suspend);
    expect(status.phase).toBe(phase);
    expect(shown(status)).toMatchObject(conditions);
    expect(Object.keys(shown(status))).toEqual(conditionTypes);
  });

  it('tells figures, and nothing that grows with the search', () => {
    const front = Array.from({ length: 500 }, (_, index) => ({ ...point, code: `${index}` }));
    const status = statusAfter({ phase: 'SUCCEEDED', stage: 'retrain', round: 6, front, chosen: point });
    expect(status).toMatchObject({
      observedGeneration: 1,
      completedRounds: 6,
      frontSize: 500,
      bestAccuracy: 0.8765,
      chosen: { macs: 5e6, accuracy: 0.8765 },
      startTime: '2023-11-14T22:13:20Z',
      completionTime: '2023-11-14T22:15:00Z',
    });
    expect(JSON.stringify(status).length).toBeLessThan(3_000);
  });

  it('cuts a message that has no end', () => {
    const failure = { stage: 'train', round: 1, reason: 'x'.repeat(1e6), attempts: 3 };
    const { message } = conditionOf(statusAfter({ phase: 'FAILED', failure }), 'Failed')!;
    expect(message).toMatch(/^train of round 1, tried 3 times: x/);
    expect(message.length).toBeLessThanOrEqual(2_000);
  });

  it('keeps what was known while the service is away', () => {
    const before = statusAfter({ round: 3, front: [point] });
    const away = statusOf(resourceOf(preset, before, 2), { kind: 'away', message: 'no answer' }, later);
    expect(away).toMatchObject({ phase: 'Running', round: 3, observedGeneration: 1 });
    expect(shown(away)).toMatchObject({
      Accepted: 'True Created',
      Progressing: 'Unknown ServiceUnavailable',
    });
    const new_ = statusOf(resourceOf(preset), { kind: 'away', message: 'no answer' }, later);
    expect(shown(new_)).toMatchObject({ Accepted: 'Unknown ServiceUnavailable' });
  });

  it('stays as it was, times included, where nothing changed; a condition that turned gets its time', () => {
    const phases = [
      'RUNNING',
      'RETRAINING',
      'PAUSED',
      'SUCCEEDED',
      'FAILED',
      'CANCELLED',
      'DELETING',
    ] as const;
    const search = fc.record({
      phase: fc.constantFrom(...phases),
      waiting: fc.constantFrom('', 'OOMKilled: more'),
    });
    fc.assert(
      fc.property(search, search, fc.boolean(), (first, second, suspend) => {
        const resource = resourceOf({ ...preset, suspend });
        const before = statusOf(resource, of(first), then);
        expect(statusOf({ ...resource, status: before }, of(first), later)).toEqual(before);
        const after = statusOf({ ...resource, status: before }, of(second), later);
        for (const { type, status, lastTransitionTime } of after.conditions!) {
          const same = conditionOf(before, type)!.status === status;
          expect(lastTransitionTime).toBe(same ? '2026-01-01T00:00:00Z' : '2026-01-01T01:00:00Z');
        }
      }),
    );
  });
});

describe('what is done for an object', () => {
  const accepted = statusAfter({});
  const held = statusAfter({ phase: 'PAUSED' }, true);
  const paused = statusAfter({ phase: 'PAUSED' });
  it.each<[string, Parameters<typeof stepOf>, ReturnType<typeof stepOf>]>([
    ['creates what never was', [resourceOf(preset), undefined], 'create'],
    ['makes nothing again that somebody deleted', [resourceOf(preset, accepted), undefined], 'lost'],
    ["keeps off another's search", [resourceOf(preset), searchOf({ owner: '' })], 'taken'],
    [
      "keeps off another namespace's",
      [resourceOf(preset), searchOf({ owner: 'kubernetes:team2/u-1' })],
      'taken',
    ],
    [
      'waits for its predecessor to go',
      [resourceOf(preset), searchOf({ owner: 'kubernetes:team/u-0' })],
      'succeeds-another',
    ],
    ['pauses', [resourceOf({ ...preset, suspend: true }, accepted), searchOf()], 'pause'],
    [
      'pauses what was resumed elsewhere',
      [resourceOf({ ...preset, suspend: true }, held), searchOf()],
      'pause',
    ],
    ['resumes what it had paused', [resourceOf(preset, held), searchOf({ phase: 'PAUSED' })], 'resume'],
    ['tries a failed search again', [resourceOf(preset, held), searchOf({ phase: 'FAILED' })], 'resume'],
    ["leaves a client's pause alone", [resourceOf(preset, paused), searchOf({ phase: 'PAUSED' })], 'tell'],
    ['leaves a failure alone', [resourceOf(preset, accepted), searchOf({ phase: 'FAILED' })], 'tell'],
    [
      'leaves what is over alone',
      [resourceOf({ ...preset, suspend: true }), searchOf({ phase: 'SUCCEEDED' })],
      'tell',
    ],
  ])('%s', (_, [resource, search], step) => {
    expect(stepOf(resource, search)).toBe(step);
  });

  it('asks nobody about what cannot change any more, until its spec does', () => {
    const done = statusAfter({ phase: 'SUCCEEDED' });
    expect(isSettled(resourceOf(preset, done))).toBe(true);
    expect(isSettled(resourceOf(preset, done, 2))).toBe(false);
    expect(isSettled(resourceOf(preset, statusAfter({ phase: 'FAILED' })))).toBe(false);
    const rejected = (finding: Finding) => resourceOf(preset, statusOf(resourceOf(preset), finding, then));
    expect(isSettled(rejected({ kind: 'rejected', message: 'x' }))).toBe(true);
    expect(isSettled(rejected({ kind: 'pending', reason: 'NameTaken', message: 'x' }))).toBe(false);
  });

  it('asks for a search that is named by the object, and says each wrong field by its place there', () => {
    expect(requestOf(resourceOf(preset))).toMatchObject({
      search: 'one',
      owner: 'kubernetes:team/u-1',
      preset: 'cifar10',
    });
    const error = NseError.invalid([
      { field: 'network.depths', description: 'got 1' },
      { field: 'search', description: 'too long' },
    ]);
    expect(refusalOf(error, resourceOf({ search: {} }))).toBe(
      'spec.search.network.depths: got 1; metadata.name: too long',
    );
    expect(refusalOf(error, resourceOf(preset))).toMatch(/^spec\.overrides\.network\.depths/);
  });
});

describe('what is told of an object', () => {
  const rounds = [1, 2, 3].map((round) => ({ round, frontSize: round, bestAccuracy: 0.5 }));
  const reasons = (before: ResourceStatus | undefined, after: ResourceStatus) =>
    happenings(resourceOf(preset, before), after, rounds, 0).map(({ reason, which }) =>
      `${reason} ${which}`.trim(),
    );

  it('is every completed round since the last time, once', () => {
    const before = statusAfter({ round: 2 });
    const after = statusAfter({ round: 4 });
    expect(reasons(before, after)).toEqual(['RoundCompleted 2', 'RoundCompleted 3']);
    expect(reasons(after, after)).toEqual([]);
  });

  it('is how it began, halted, went on and ended', () => {
    const [running, paused] = [statusAfter({}), statusAfter({ phase: 'PAUSED' }, true)];
    expect(happenings(resourceOf(preset), running, [], 0).map(({ reason }) => reason)).toEqual(['Created']);
    const told = (before: ResourceStatus, after: ResourceStatus) =>
      happenings(resourceOf(preset, before), after, [], 1).map(({ reason }) => reason);
    expect(told(running, paused)).toEqual(['Suspended']);
    expect(told(paused, running)).toEqual(['Resumed']);
    expect(told(running, statusAfter({ phase: 'SUCCEEDED' }))).toEqual(['SearchSucceeded']);
    expect(told(running, statusAfter({ phase: 'FAILED' }))).toEqual(['SearchFailed']);
    expect(told(running, statusAfter({ phase: 'CANCELLED' }))).toEqual(['SearchCancelled']);
    expect(told(running, statusOf(resourceOf(preset, running), { kind: 'lost' }, later))).toEqual([
      'SearchLost',
    ]);
    const refused = statusOf(resourceOf(preset), { kind: 'rejected', message: 'x' }, then);
    expect(reasons(undefined, refused)).toEqual(['Rejected 1/InvalidSpec']);
  });

  it('has a name that is the same whoever tells it, and another for another happening', () => {
    const [first, second] = happenings(
      resourceOf(preset, statusAfter({})),
      statusAfter({ round: 3 }),
      rounds,
      0,
    );
    const name = eventName(resourceOf(preset), first!);
    expect(name).toMatch(/^one\.[0-9a-f]{20}$/);
    expect(eventName(resourceOf(preset, undefined, 9), { ...first!, message: 'other words' })).toBe(name);
    expect(eventName(resourceOf(preset), second!)).not.toBe(name);
  });
});
