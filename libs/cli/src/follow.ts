import type { messages, Client } from '@nse/rpc';
import { frontChart, roundSummary } from '@nse/report';
import { macroNetwork, NseError } from '@nse/space';
import { budgetOf, isSettled, poolOf, type SearchSpec } from '@nse/spec';
import type { LiveView, TaskProgress } from './live.js';
import { NOT_SUCCEEDED } from './failure.js';
import { roundReports, specOf } from './report-data.js';
import { updates } from './updates.js';

/** Everything about a search as it comes, up to its end; each completed round once, however often the stream breaks. */
export async function* searchUpdates(
  client: Client<'SpaceManager'>,
  id: string,
  signal: AbortSignal,
): AsyncGenerator<messages.SearchUpdate__Output, void> {
  const rounds = new Set<number>();
  const open = () => client.watchSearch({ search: id }, { signal });
  for await (const update of updates(open, ({ search }) => !!search && isOver(search), signal)) {
    if (update.round && rounds.has(update.round.round)) continue;
    if (update.round) rounds.add(update.round.round);
    yield update;
  }
}

/**
 * Shows a search while it runs: progress of every stage, each round's outcome, pauses. Returns when it is over. `prepared` is called
 * once the latency table is there that a search on a device waits for.
 * A stream that breaks is taken up again; raises UNAVAILABLE where the service stays away for a minute.
 */
export async function followSearch(
  client: Client<'SpaceManager'>,
  id: string,
  spec: SearchSpec,
  view: LiveView,
  signal: AbortSignal,
  prepared: (search: messages.Search__Output) => Promise<void> = () => Promise.resolve(),
): Promise<messages.Search__Output> {
  const rounds: messages.Round__Output[] = [];
  let now = spec;
  let last: messages.Search__Output | undefined;
  for await (const update of searchUpdates(client, id, signal)) {
    if (update.progress) view.progress(taskProgress(update.progress, id, now));
    if (update.round) {
      // The rounds that are over come first of all: the target that a search found by its table is not told yet.
      if (!isSettled(now.constraint)) now = specOf(await client.getSearch({ search: id }, { signal }));
      rounds.push(update.round);
      showRound(rounds, now, view);
    }
    if (update.search) {
      showPause(last, update.search, view);
      showWaiting(last, update.search, view);
      if (!isSettled(now.constraint) || update.search.rounds !== now.rounds) now = specOf(update.search);
      if (last?.stage === 'prepare' && update.search.stage === 'train') await prepared(update.search);
      last = update.search;
    }
  }
  if (last === undefined) throw new NseError('INTERNAL', `nothing was told about search "${id}"`);
  return last;
}

/** Whether nothing more will come of a search by itself. A paused one still goes on. */
export const isOver = ({ phase }: Pick<messages.Search__Output, 'phase'>) => over.includes(phase);

const over: readonly messages.Search__Output['phase'][] = ['SUCCEEDED', 'FAILED', 'CANCELLED', 'DELETING'];

function showPause(
  before: messages.Search__Output | undefined,
  { id, phase, stage }: messages.Search__Output,
  view: LiveView,
): void {
  if (phase === before?.phase) return;
  if (phase === 'PAUSED') {
    view.finish();
    view.print(`Paused at ${stage}. This goes on with it: ./nse search resume ${id}`);
  } else if (before?.phase === 'PAUSED' && !over.includes(phase)) {
    view.print(`Resumed at ${stage}.`);
  }
}

function showWaiting(
  before: messages.Search__Output | undefined,
  { waiting }: messages.Search__Output,
  view: LiveView,
): void {
  if (waiting !== '' && waiting !== before?.waiting) view.print(`Waiting: ${waiting}`);
}

function taskProgress(
  { stage, round, task, step, steps, loss, accuracy }: messages.Progress__Output,
  id: string,
  { rounds }: SearchSpec,
): TaskProgress {
  const role = stage === 'retrain' ? (task ?? '').slice(`${id}-retrain-`.length) : '';
  return {
    stage: stageNames[stage] ?? stage,
    task: role,
    ...(round > 0 ? { round, rounds } : {}),
    step,
    steps,
    ...(loss === undefined ? {} : { loss }),
    ...(accuracy === undefined ? {} : { accuracy }),
  };
}

const stageNames: Readonly<Record<string, string>> = {
  prepare: 'latency table',
  train: 'train',
  evaluate: 'score',
  measure: 'measure',
  retrain: 'retrain',
};

function showRound(rounds: readonly messages.Round__Output[], spec: SearchSpec, view: LiveView): void {
  const reports = roundReports(rounds, spec);
  const last = reports.at(-1);
  if (last === undefined) return;
  const constraint = budgetOf(spec.constraint);
  const poolSize = poolOf(spec).operations.length;
  const network = { cells: macroNetwork(spec.network).cells.map((cell) => ({ ...cell })) };
  view.finish();
  view.print('');
  view.print(roundSummary(reports, { rounds: spec.rounds, network, poolSize, constraint }, view.style));
  view.print(frontChart(reports, constraint, view.style));
  view.print('');
}

/** Why a search has not succeeded, as an error; nothing where it has, or is not over. */
export function failureOf({ id, phase, failure }: messages.Search__Output): NseError | undefined {
  if (phase === 'CANCELLED') return notSucceeded(`search "${id}" was cancelled`);
  if (phase === 'DELETING') return notSucceeded(`search "${id}" is being deleted`);
  if (phase !== 'FAILED') return undefined;
  if (failure === null) return notSucceeded(`search "${id}" failed`);
  const { stage, round, reason } = failure;
  const where = round > 0 ? `${stage} of round ${round}` : stage;
  return notSucceeded(`the search failed at ${where}: ${reason}`);
}

/** What was followed is over and has not succeeded. */
export function notSucceeded(message: string): NseError {
  return new NseError('FAILED_PRECONDITION', message, { reason: NOT_SUCCEEDED });
}
