import { setTimeout as delay } from 'node:timers/promises';
import type { messages, Client } from '@nse/rpc';
import { frontChart, roundSummary } from '@nse/report';
import { macroNetwork, NseError, poolNamed } from '@nse/space';
import { budgetOf, type SearchSpec } from '@nse/spec';
import type { LiveView, TaskProgress } from './live.js';
import { roundReports } from './report-data.js';

/** Tries in a row to take up a broken stream again. */
const MAX_RECONNECTS = 60;

/**
 * Shows a search while it runs: progress of every stage, each round's outcome. Returns when it is over.
 * A stream that breaks is taken up again; raises UNAVAILABLE where the service stays away for a minute.
 */
export async function followSearch(
  client: Client<'SpaceManager'>,
  id: string,
  spec: SearchSpec,
  view: LiveView,
  signal: AbortSignal,
): Promise<messages.Search__Output> {
  const rounds = new Map<number, messages.Round__Output>();
  for (let broken = 0; ; broken++) {
    try {
      for await (const update of client.watchSearch({ search: id }, { signal })) {
        broken = 0;
        if (update.progress) view.progress(taskProgress(update.progress, id, spec));
        if (update.round && !rounds.has(update.round.round)) {
          rounds.set(update.round.round, update.round);
          showRound([...rounds.values()], spec, view);
        }
        if (update.search && isOver(update.search)) return update.search;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!NseError.from(error).retryable || broken >= MAX_RECONNECTS) throw error;
    }
    await delay(1_000, undefined, { signal });
  }
}

export const isOver = ({ phase }: Pick<messages.Search__Output, 'phase'>) =>
  phase === 'SUCCEEDED' || phase === 'FAILED';

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
  train: 'train',
  evaluate: 'score',
  retrain: 'retrain',
};

function showRound(rounds: readonly messages.Round__Output[], spec: SearchSpec, view: LiveView): void {
  const reports = roundReports(rounds, spec);
  const last = reports.at(-1);
  if (last === undefined) return;
  const constraint = budgetOf(spec.constraint);
  const poolSize = poolNamed(spec.pool).operations.length;
  const network = { cells: macroNetwork(spec.network).cells.map((cell) => ({ ...cell })) };
  view.finish();
  view.print('');
  view.print(roundSummary(reports, { rounds: spec.rounds, network, poolSize, constraint }, view.style));
  view.print(frontChart(reports, constraint, view.style));
  view.print('');
}

/** Why a search failed, as an error. */
export function failureOf({ stage, round, reason }: messages.Failure__Output): NseError {
  const where = round > 0 ? `${stage} of round ${round}` : stage;
  return new NseError('FAILED_PRECONDITION', `the search failed at ${where}: ${reason}`);
}
