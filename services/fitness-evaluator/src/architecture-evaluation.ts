import { isDeepStrictEqual } from 'node:util';
import { waitingChanges, waitingReason } from '@nse/jobs';
import type { Bus, NseEvent, ProgressMessage } from '@nse/messaging';
import type { messages } from '@nse/rpc';
import { merged, requestOf, type RequestRecord } from '@nse/service';
import { NseError } from '@nse/space';
import { requestTaskId } from './task.js';

type Evaluation = Required<messages.ArchitectureEvaluation>;

/** The evaluation of given architectures as it is now. Raises NOT_FOUND where nobody asked for it. */
export async function architectureEvaluation(bus: Bus, search: string, id: string): Promise<Evaluation> {
  const record = await requestOf(bus, 'evaluation', search, id);
  if (isOver(record)) return ended(record);
  const queue = await bus.workQueue(requestTaskId(search, id));
  const { done, total: chunks } = await queue.counts();
  if (chunks === 0) {
    // Not begun, or cleared since the record was read: then it says by now what came of it.
    const again = await requestOf(bus, 'evaluation', search, id);
    if (isOver(again)) return ended(again);
  }
  const { round, codes } = record.requested;
  const total = codes.length;
  return {
    search,
    id,
    round,
    state: chunks === 0 ? 'TASK_STATE_PENDING' : 'TASK_STATE_RUNNING',
    failure: null,
    total,
    scored: chunks === 0 ? 0 : Math.min(total, done * Math.ceil(total / chunks)),
    scores: [],
    waiting: await waitingReason(bus, [requestTaskId(search, id)]),
  };
}

const isOver = ({ done, failed }: RequestRecord<'evaluation'>): boolean =>
  done !== undefined || failed !== undefined;

function ended({ requested, done, failed }: RequestRecord<'evaluation'>): Evaluation {
  const { search, request: id, round, codes } = requested;
  const total = codes.length;
  const base = { search, id, round, total, waiting: '' };
  if (done !== undefined) {
    const state = 'TASK_STATE_SUCCEEDED';
    return { ...base, state, failure: null, scored: total, scores: [...done.scores] };
  }
  const { reason = 'unknown', attempts = 0 } = failed ?? {};
  const failure = { stage: 'evaluate', round, reason, attempts };
  return { ...base, state: 'TASK_STATE_FAILED', failure, scored: 0, scores: [] };
}

const watched = [
  'evaluation.requested',
  'evaluation.completed',
  'evaluation.failed',
  'search.deleted',
] as const;

type Change = NseEvent<(typeof watched)[number]> | ProgressMessage | 'waiting';

/**
 * The evaluation as it is, then every change; ends when it is done or was given up. Raises NOT_FOUND where nobody asked for it,
 * also where the search is deleted meanwhile.
 */
export async function* watchArchitectureEvaluation(
  bus: Bus,
  search: string,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<Evaluation, void> {
  await requestOf(bus, 'evaluation', search, id);
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const changes = merged<Change>(
    bus.replay({ search, types: watched, signal: either }),
    bus.onProgress({ search, stage: 'evaluate', signal: either }),
    waitingChanges(bus, search, either),
  );
  let told: Evaluation | undefined;
  try {
    for await (const change of changes) {
      const now = await afterChange(bus, change, search, id, told);
      if (now === undefined || isDeepStrictEqual(now, told)) continue;
      yield (told = now);
      if (now.state === 'TASK_STATE_SUCCEEDED' || now.state === 'TASK_STATE_FAILED') return;
    }
  } finally {
    over.abort();
  }
}

/** The evaluation after the change; undefined where that is about something else, or comes before what was asked for. */
async function afterChange(
  bus: Bus,
  change: Change,
  search: string,
  id: string,
  told: Evaluation | undefined,
): Promise<Evaluation | undefined> {
  if (change === 'waiting') {
    // Of any task of the search: what it means for this one is read.
    if (told === undefined) return undefined;
    const now = await architectureEvaluation(bus, search, id);
    return { ...now, scored: Math.max(told.scored, now.scored) };
  }
  if ('step' in change) {
    // Progress is counted by whoever does the work; what came late must not take anything back.
    if (change.task !== requestTaskId(search, id) || told === undefined) return undefined;
    return { ...told, state: 'TASK_STATE_RUNNING', waiting: '', scored: Math.max(told.scored, change.step) };
  }
  if (change.type === 'search.deleted') {
    if (told === undefined) return undefined;
    throw new NseError('NOT_FOUND', `search "${search}" was deleted`, { field: 'search' });
  }
  return change.data.request === id ? await architectureEvaluation(bus, search, id) : undefined;
}
