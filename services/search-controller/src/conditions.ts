import {
  type Condition,
  conditionOf,
  type ConditionStatus,
  type ConditionType,
  conditionTypes,
  type SearchResource,
} from './resource.js';
import { type Search, suspension } from './step.js';

/** A condition before it is dated. */
export type Verdict = readonly [status: ConditionStatus, reason: string, message: string];
export type Verdicts = Readonly<Record<ConditionType, Verdict>>;

/** Longer ones are cut: a status is no place for a log. */
const longestMessage = 2_000;

/**
 * The verdicts as conditions of the object. A condition whose status stays as it was keeps its time, so that the same verdicts
 * again are the same conditions. `now`: ISO 8601 to the second.
 */
export function dated(verdicts: Verdicts, { metadata, status }: SearchResource, now: string): Condition[] {
  return conditionTypes.map((type) => {
    const [is, reason, message] = verdicts[type];
    const before = conditionOf(status, type);
    return {
      type,
      status: is,
      reason,
      message: message.slice(0, longestMessage),
      observedGeneration: metadata.generation,
      lastTransitionTime: before?.status === is ? before.lastTransitionTime : now,
    };
  });
}

/** The conditions of an object whose search is there and its own. */
export function verdictsOf(search: Search, suspend: boolean): Verdicts {
  return {
    Accepted: ['True', 'Created', `search "${search.id}" was created`],
    Progressing: progressing(search),
    Suspended: suspended(search, suspend),
    Succeeded: succeeded(search),
    Failed: failed(search),
  };
}

const activities: Readonly<Record<string, string>> = {
  prepare: 'Preparing',
  train: 'Training',
  evaluate: 'Evaluating',
  inherit: 'Inheriting',
  measure: 'Measuring',
  retrain: 'Retraining',
};

/** What is done at the stages that belong to no round. */
const outsideRounds: Readonly<Record<string, string>> = {
  prepare: "the device's latency table is made ready",
  measure: 'the best architectures are measured on the device',
  retrain: 'the chosen architecture is trained',
};

function progressing(search: Search): Verdict {
  const { stage, round, rounds, phase, waiting } = search;
  if (phase !== 'RUNNING' && phase !== 'RETRAINING')
    return ['False', reasonOf(search), 'no work is under way'];
  if (waiting !== '') {
    // The cluster's own word for it, then its words.
    const [, reason = 'Waiting', words = waiting] = /^([A-Za-z][A-Za-z0-9_]*): (.*)$/s.exec(waiting) ?? [];
    return ['False', reason, words];
  }
  const where = outsideRounds[stage] ?? `round ${round} of ${rounds}: ${stage}`;
  return ['True', activities[stage] ?? 'Working', where];
}

function suspended({ phase }: Search, suspend: boolean): Verdict {
  // One that failed is held too: lifting `suspend` tries it again.
  if (suspend && (phase === 'PAUSED' || phase === 'FAILED')) {
    return ['True', suspension.bySpec, 'spec.suspend is true'];
  }
  if (phase === 'PAUSED')
    return ['True', suspension.byClient, 'a client has paused the search; resume it there'];
  return ['False', 'NotSuspended', ''];
}

function succeeded(search: Search): Verdict {
  const { phase, model } = search;
  if (phase !== 'SUCCEEDED') return ['False', reasonOf(search), ''];
  return ['True', 'Succeeded', model === null ? '' : `test accuracy ${model.testAccuracy.toFixed(4)}`];
}

/** Also true of what ended otherwise before it was done, so that whoever waits need wait for two conditions only. */
function failed(search: Search): Verdict {
  const { phase, failure } = search;
  if (phase === 'CANCELLED') return ['True', 'Cancelled', 'a client has cancelled the search'];
  if (phase === 'DELETING') return ['True', 'Deleted', 'a client has deleted the search'];
  if (phase !== 'FAILED') return ['False', reasonOf(search), ''];
  if (failure === null) return ['True', 'StageFailed', ''];
  const { stage, round, attempts, reason } = failure;
  const where = round === 0 ? stage : `${stage} of round ${round}`;
  return ['True', 'StageFailed', `${where}, tried ${attempts} times: ${reason}`];
}

const reasons: Readonly<Record<string, string>> = {
  RUNNING: 'Running',
  RETRAINING: 'Retraining',
  PAUSED: 'Suspended',
  SUCCEEDED: 'Succeeded',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
  DELETING: 'Deleted',
};

const reasonOf = ({ phase }: Search) => reasons[phase] ?? 'Unknown';

/** The conditions of an object that has no search, or none that it may call its own. */
export function verdictsWithout(accepted: Verdict, isOver: boolean): Verdicts {
  const [, reason, message] = accepted;
  return {
    Accepted: accepted,
    Progressing: ['False', reason, message],
    Suspended: ['False', 'NotSuspended', ''],
    Succeeded: ['False', reason, ''],
    Failed: isOver ? ['True', reason, message] : ['False', reason, ''],
  };
}
