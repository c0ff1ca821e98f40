import { fromStruct, type messages } from '@nse/rpc';
import {
  type CellSets,
  type Cost,
  macroNetwork,
  macsCost,
  pathChoices,
  randomFrom,
  sampleWithin,
  singleChoices,
  targetBand,
} from '@nse/space';
import { branchesOf, budgetOf, macsLimits, poolOf, type SearchSpec, tableCost, unitOf } from '@nse/spec';
import type { Further, RunOutcome, StudyRun } from '@nse/study';
import { isOver } from '../commands/arch-evaluate.js';
import { patient } from '../connect.js';
import { notSucceeded } from '../follow.js';
import { specOf } from '../report-data.js';
import { updates } from '../updates.js';
import type { RunContext } from './perform-run.js';
import { trainedFromScratch } from './training.js';

type Rank = NonNullable<RunOutcome['rank']>;

/**
 * Draws architectures uniformly from those of the last supernet that are within the budget, scores them on it, and trains each from
 * scratch. Fewer where the supernet holds fewer.
 */
export async function rankOf(
  context: RunContext,
  run: StudyRun,
  asked: Further,
  over: messages.Search__Output,
  rounds: readonly messages.Round__Output[],
): Promise<Rank> {
  const spec = specOf(over);
  const last = rounds.at(-1);
  const codes = drawnFrom(
    spec,
    leftIn(last),
    await costOf(context, spec),
    asked.architectures,
    `${context.seed}/${run.seed}`,
  );
  const scores = await scored(context, run, last?.round ?? 0, codes);
  const architectures: Rank['architectures'] = [];
  for (const { code, cost, accuracy } of scores) {
    const what = `train for ranks, ${architectures.length + 1} of ${scores.length}`;
    const { testAccuracy } = await trainedFromScratch(context, run, code, asked, what);
    architectures.push({ code, cost, supernetAccuracy: accuracy, testAccuracy });
  }
  return { round: last?.round ?? 0, epochs: asked.epochs ?? spec.retrain.epochs, architectures };
}

/** Per cell, what was left of the round's supernet after pruning. */
function leftIn(round: messages.Round__Output | undefined): CellSets {
  const { subsets = [], pruned = [] } = round?.space ?? {};
  return subsets.map(({ index }, cell) => {
    const gone = pruned[cell]?.index ?? [];
    return index.filter((operation) => !gone.includes(operation));
  });
}

/** As many branches as the method allows, each set with the same chance on condition of the budget. */
function drawnFrom(spec: SearchSpec, subsets: CellSets, cost: Cost, number: number, seed: string): string[] {
  const network = macroNetwork(spec.network);
  const { target, drift } = budgetOf(spec.constraint);
  const limits = macsLimits(spec, network, poolOf(spec));
  const choices =
    branchesOf(spec.method) === 'nse'
      ? pathChoices(network.cells, subsets, 'nse')
      : singleChoices(network.cells, subsets);
  const random = randomFrom(spec.seed, 'study-rank', seed);
  return sampleWithin(targetBand(target, drift), { choices, cost, limits, number, random }).map(
    ({ code }) => code,
  );
}

/** What architectures cost, in the unit of the budget. */
async function costOf({ system, signal }: RunContext, spec: SearchSpec): Promise<Cost> {
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);
  const { latency } = spec.constraint;
  if (unitOf(spec.constraint) === 'macs' || latency?.table === undefined) return macsCost(network, pool);
  const { content } = await system.latencyProfiler.getTable({ name: latency.table }, { ...patient, signal });
  return tableCost(spec, network, pool, fromStruct(content));
}

async function scored(
  { system, signal, view }: RunContext,
  run: StudyRun,
  round: number,
  codes: readonly string[],
): Promise<readonly messages.ArchitectureScore__Output[]> {
  const { fitnessEvaluator } = system;
  const { search } = run;
  const request = { search, round, codes: [...codes] };
  const { id } = await fitnessEvaluator.evaluateArchitectures(request, { ...patient, signal });
  const open = () => fitnessEvaluator.watchArchitectureEvaluation({ search, id }, { signal });
  let last: messages.ArchitectureEvaluation__Output | undefined;
  for await (const update of updates(open, ({ state }) => isOver(state), signal)) {
    last = update;
    view.progress(run, 'score for ranks', { step: update.scored, steps: update.total });
  }
  if (last?.state === 'TASK_STATE_SUCCEEDED') return last.scores;
  throw notSucceeded(`scoring architectures failed: ${last?.failure?.reason ?? 'no reason is known'}`);
}
