import type { messages } from '@nse/rpc';
import type { Further, StudyRun } from '@nse/study';
import { isOver } from '../commands/arch-evaluate.js';
import { patient } from '../connect.js';
import { notSucceeded } from '../follow.js';
import { updates } from '../updates.js';
import type { RunContext } from './perform-run.js';

/**
 * Trains an architecture from scratch on the data of the run's search, and waits for it. The same again gives the same training.
 * Raises FAILED_PRECONDITION where it fails.
 */
export async function trainedFromScratch(
  { system, signal, view }: RunContext,
  run: StudyRun,
  code: string,
  { epochs }: Further,
  what: string,
): Promise<messages.TrainedModel__Output> {
  const { search } = run;
  const request = { search, code, ...(epochs === undefined ? {} : { epochs }) };
  const { id } = await system.retrainer.startRetraining(request, { ...patient, signal });
  const open = () => system.retrainer.watchRetraining({ search, id }, { signal });
  const isLast = ({ retraining }: messages.RetrainingUpdate__Output) =>
    retraining !== null && retraining !== undefined && isOver(retraining.state);
  let last: messages.Retraining__Output | undefined;
  for await (const { retraining, progress } of updates(open, isLast, signal)) {
    if (retraining) last = retraining;
    if (progress) view.progress(run, what, progress);
  }
  if (last?.chosen) {
    view.trained(run, what, last.chosen.testAccuracy);
    return last.chosen;
  }
  throw notSucceeded(
    `training ${code} from scratch failed: ${last?.failure?.reason ?? 'no reason is known'}`,
  );
}
