import type { messages } from '@nse/rpc';
import { NseError } from '@nse/space';
import type { SearchSpec } from '@nse/spec';
import { type RunOutcome, type RunRound, stepsByRound, type StudyRun } from '@nse/study';
import { patient } from '../connect.js';
import { specOf } from '../report-data.js';
import { frontsOf } from './fronts.js';
import type { RunContext } from './perform-run.js';
import { rankOf } from './rank.js';

/** All that a study keeps of a search that has succeeded, with what is trained besides. */
export async function outcomeOf(
  context: RunContext,
  run: StudyRun,
  over: messages.Search__Output,
): Promise<RunOutcome> {
  const { system, signal } = context;
  const search = over.id;
  const spec = specOf(over);
  const rounds = await Promise.all(
    Array.from({ length: over.rounds }, (_, index) =>
      system.spaceManager.getRound({ search, round: index + 1 }, { ...patient, signal }),
    ),
  );
  const { chosen, random } = await system.retrainer.getRetraining({ search }, { ...patient, signal });
  if (chosen === null || over.chosen === null) {
    throw new NseError('FAILED_PRECONDITION', `search "${search}" has no model`);
  }
  return {
    chosen: { ...trained(chosen), cost: over.chosen.cost, supernetAccuracy: over.chosen.accuracy },
    random: random === null ? null : trained(random),
    rounds: await roundsOf(context, spec, rounds),
    rank: run.rank === undefined ? null : await rankOf(context, run, run.rank, over, rounds),
    fronts: run.fronts === undefined ? null : await frontsOf(context, run, run.fronts, spec, rounds),
  };
}

const trained = ({ code, macs, params, testAccuracy, seconds }: messages.TrainedModel__Output) => ({
  code,
  macs,
  params,
  testAccuracy,
  seconds,
});

async function roundsOf(
  context: RunContext,
  spec: SearchSpec,
  rounds: readonly messages.Round__Output[],
): Promise<RunRound[]> {
  const steps = stepsByRound(spec);
  return await Promise.all(
    rounds.map(async ({ search, round, scored, bestAccuracy, front, seconds }, index) => ({
      round,
      steps: steps[index] ?? 0,
      scored,
      bestAccuracy,
      front: front.map(({ code, cost, macs, accuracy, round: found }) => ({
        code,
        cost,
        macs,
        accuracy,
        round: found,
      })),
      seconds: { train: seconds['train'] ?? 0, evaluate: seconds['evaluate'] ?? 0 },
      peakMemoryBytes: await memoryOf(context, search, round),
    })),
  );
}

/** The most memory that workers of the round's stages held. */
async function memoryOf(
  { system, signal }: RunContext,
  search: string,
  round: number,
): Promise<RunRound['peakMemoryBytes']> {
  const options = { ...patient, signal };
  const training = await system.supernetTrainer.getTraining({ search, round }, options);
  const evaluation = await system.fitnessEvaluator.getEvaluation({ search, round }, options);
  return { train: known(training.peakMemoryBytes), evaluate: known(evaluation.peakMemoryBytes) };
}

/** A service that does not know it, or is of an earlier version, says 0. */
const known = (bytes: number) => (bytes > 0 ? bytes : null);
