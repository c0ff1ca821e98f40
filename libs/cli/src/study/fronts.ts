import type { messages } from '@nse/rpc';
import type { SearchSpec } from '@nse/spec';
import type { Further, RunOutcome, StudyRun } from '@nse/study';
import type { RunContext } from './perform-run.js';
import { trainedFromScratch } from './training.js';

/** Trains points of every round's front from scratch; one that several rounds share once. */
export async function frontsOf(
  context: RunContext,
  run: StudyRun,
  asked: Further,
  { retrain }: SearchSpec,
  rounds: readonly messages.Round__Output[],
): Promise<NonNullable<RunOutcome['fronts']>> {
  const chosen = rounds.map(({ front }) => spreadOver(front, asked.architectures));
  const points = new Map(chosen.flat().map((point) => [point.code, point]));
  const models = [];
  for (const { code, cost } of points.values()) {
    const what = `train the fronts, ${models.length + 1} of ${points.size}`;
    const { testAccuracy } = await trainedFromScratch(context, run, code, asked, what);
    models.push({ code, cost, testAccuracy });
  }
  return {
    epochs: asked.epochs ?? retrain.epochs,
    rounds: chosen.map((front) => front.map(({ code }) => code)),
    models,
  };
}

/** So many points of a front, evenly from its cheap to its dear end; of one alone the most accurate, which is its last. */
export function spreadOver<T extends { readonly cost: number }>(front: readonly T[], number: number): T[] {
  const rising = front.toSorted((a, b) => a.cost - b.cost);
  if (number >= rising.length) return rising;
  if (number === 1) return rising.slice(-1);
  return Array.from({ length: number }, (_, index) =>
    rising.slice(Math.round((index * (rising.length - 1)) / (number - 1))).slice(0, 1),
  ).flat();
}
