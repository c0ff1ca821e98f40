import { fromTimestamp } from '@nse/rpc';
import { dated, type Verdicts, verdictsOf, verdictsWithout } from './conditions.js';
import { conditionOf, type ResourcePhase, type ResourceStatus, type SearchResource } from './resource.js';
import { type Search, wasAccepted } from './step.js';

/** What the controller has found out about an object. */
export type Finding =
  | { readonly kind: 'search'; readonly search: Search }
  /** There is no search, and so long as the object stays as it is there will be none. */
  | { readonly kind: 'rejected'; readonly message: string }
  /** There is no search yet: what keeps it may pass. */
  | { readonly kind: 'pending'; readonly reason: PendingReason; readonly message: string }
  | { readonly kind: 'lost' }
  /** How the search stands is not known: the service does not answer. */
  | { readonly kind: 'away'; readonly message: string };

export type PendingReason = 'NameTaken' | 'DependencyMissing' | 'WaitingForDeletion';

/** The object's status as of the finding. `now`: ISO 8601. */
export function statusOf(resource: SearchResource, finding: Finding, now: string): ResourceStatus {
  const second = toSecond(now);
  const { metadata, status: before } = resource;
  const base = { observedGeneration: metadata.generation };
  const conditions = (verdicts: Verdicts) => dated(verdicts, resource, second);
  switch (finding.kind) {
    case 'search':
      return {
        ...base,
        ...factsOf(finding.search),
        conditions: conditions(ofSearch(resource, finding.search)),
      };
    case 'rejected': {
      const verdicts = verdictsWithout(['False', 'InvalidSpec', finding.message], true);
      return { ...base, phase: 'Rejected', conditions: conditions(verdicts) };
    }
    case 'pending': {
      // What waits for its turn is not refused.
      const is = finding.reason === 'WaitingForDeletion' ? 'Unknown' : 'False';
      const verdicts = verdictsWithout([is, finding.reason, finding.message], false);
      return { ...base, phase: is === 'Unknown' ? 'Pending' : 'Rejected', conditions: conditions(verdicts) };
    }
    case 'lost': {
      // What was done is done, whatever became of its records.
      if (before?.phase === 'Succeeded') return { ...before, ...base };
      const verdicts = verdictsWithout(['True', 'Created', `search "${metadata.name}" was created`], false);
      const gone = ['SearchLost', `search "${metadata.name}" is gone: somebody has deleted it`] as const;
      const over: Verdicts = {
        ...verdicts,
        Progressing: ['False', ...gone],
        Succeeded: ['False', ...gone],
        Failed: ['True', ...gone],
      };
      return { ...before, ...base, phase: 'Lost', conditions: conditions(over) };
    }
    case 'away':
      return {
        ...before,
        ...(before?.phase === undefined ? { phase: 'Pending' } : {}),
        conditions: awayConditions(),
      };
  }

  /** All else is as it was known last. `observedGeneration` stays behind too: the object's spec had no effect yet. */
  function awayConditions() {
    const unknown = [
      'Unknown',
      'ServiceUnavailable',
      finding.kind === 'away' ? finding.message : '',
    ] as const;
    const known = conditionsBefore(resource);
    return conditions({
      Accepted: wasAccepted(before) ? known.Accepted : unknown,
      Progressing: unknown,
      Suspended: known.Suspended,
      Succeeded: known.Succeeded,
      Failed: known.Failed,
    });
  }
}

const ofSearch = ({ spec }: SearchResource, search: Search) => verdictsOf(search, spec.suspend === true);

/** The verdicts that the object bears, `Unknown` where it bears none. */
export function conditionsBefore({ status }: SearchResource): Verdicts {
  const verdict = (type: Parameters<typeof conditionOf>[1]) => {
    const { status: is = 'Unknown', reason = 'Pending', message = '' } = conditionOf(status, type) ?? {};
    return [is, reason, message] as const;
  };
  return {
    Accepted: verdict('Accepted'),
    Progressing: verdict('Progressing'),
    Suspended: verdict('Suspended'),
    Succeeded: verdict('Succeeded'),
    Failed: verdict('Failed'),
  };
}

const phases: Readonly<Record<string, ResourcePhase>> = {
  RUNNING: 'Running',
  RETRAINING: 'Retraining',
  PAUSED: 'Suspended',
  SUCCEEDED: 'Succeeded',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
  DELETING: 'Deleting',
};

function factsOf(search: Search): ResourceStatus {
  const { phase, stage, round, rounds, front, chosen, model, latency, createTime, updateTime } = search;
  const best = Math.max(...front.map(({ accuracy }) => accuracy));
  const isOver = phase === 'SUCCEEDED' || phase === 'FAILED' || phase === 'CANCELLED';
  return {
    phase: phases[phase] ?? 'Pending',
    stage,
    round,
    rounds,
    completedRounds: completedRounds(search),
    frontSize: front.length,
    ...(front.length === 0 ? {} : { bestAccuracy: short(best) }),
    ...(chosen === null ? {} : { chosen: chosenOf(chosen, model, latency) }),
    ...(createTime === null ? {} : { startTime: toSecond(fromTimestamp(createTime).toISOString()) }),
    ...(isOver && updateTime !== null
      ? { completionTime: toSecond(fromTimestamp(updateTime).toISOString()) }
      : {}),
  };
}

function chosenOf(
  { code, macs, accuracy }: NonNullable<Search['chosen']>,
  model: Search['model'],
  latency: Search['latency'],
) {
  const tested = model === null ? {} : { testAccuracy: short(model.testAccuracy) };
  const { predictedMs, measuredMs } = latency?.chosen ?? {};
  return {
    code,
    macs,
    accuracy: short(accuracy),
    ...tested,
    ...(predictedMs === undefined ? {} : { predictedMs: short(predictedMs) }),
    ...(measuredMs === undefined ? {} : { measuredMs: short(measuredMs) }),
  };
}

/** How many rounds are complete: while the best are measured and the chosen one is trained, all. */
export const completedRounds = ({ stage, round }: Pick<Search, 'stage' | 'round'>) =>
  stage === 'measure' || stage === 'retrain' ? round : round - 1;

/** Four digits, as people read accuracies. */
const short = (accuracy: number) => Math.round(accuracy * 1e4) / 1e4;

const toSecond = (iso: string) => iso.replace(/\.\d+Z$/, 'Z');
