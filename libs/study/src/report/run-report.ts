import { type Budget, budgetOf, parseSpec } from '@nse/spec';
import type { RunResult, RunRound, Succeeded } from '../result.js';
import { frontVolume } from '../statistics/hypervolume.js';
import { rankCorrelation } from '../statistics/rank-correlation.js';
import type { RankReport, RunReport, RunRoundReport } from './report.js';

/** A network has learned something where it is right this much more often than by guessing. */
const ABOVE_CHANCE = 1.1;

/** A run as the report has it. The seed decides the bootstrap's draws. */
export function runReport(result: RunResult, seed: number): RunReport {
  const { run, variant, method, poolSize, search } = result;
  const facts = { run, variant, method, poolSize, seed: result.seed, search };
  if (result.state === 'failed') {
    return { ...facts, failure: result.failure, converged: false, outcome: null };
  }
  const { constraint, network } = parseSpec(result.spec);
  const chance = 1 / network.classes;
  const outcome = outcomeOf(result, budgetOf(constraint), chance, seed);
  return { ...facts, failure: null, converged: outcome.testAccuracy > ABOVE_CHANCE * chance, outcome };
}

function outcomeOf(
  result: Succeeded,
  budget: Budget,
  chance: number,
  seed: number,
): NonNullable<RunReport['outcome']> {
  const { chosen, random, rounds } = result;
  const sum = (of: (round: RunRound) => number) => rounds.reduce((total, round) => total + of(round), 0);
  const memory = rounds.flatMap(({ peakMemoryBytes: { train, evaluate } }) =>
    [train, evaluate].filter((bytes) => bytes !== null),
  );
  const { code, cost, macs, params, testAccuracy, supernetAccuracy } = chosen;
  return {
    testAccuracy,
    supernetAccuracy,
    randomAccuracy: random?.testAccuracy ?? null,
    code,
    cost,
    macs,
    params,
    steps: sum(({ steps }) => steps),
    scored: sum(({ scored }) => scored),
    seconds: {
      train: sum(({ seconds }) => seconds.train),
      evaluate: sum(({ seconds }) => seconds.evaluate),
      retrain: chosen.seconds,
    },
    peakMemoryBytes: memory.length === 0 ? null : Math.max(...memory),
    hypervolume: frontVolume(rounds.at(-1)?.front ?? [], budget, chance),
    rounds: rounds.map((round, index) => roundReport(result, round, index, budget, chance)),
    rank: rankReport(result, seed),
  };
}

function roundReport(
  { fronts }: Succeeded,
  { round, steps, scored, bestAccuracy, front }: RunRound,
  index: number,
  budget: Budget,
  chance: number,
): RunRoundReport {
  const trained = new Map((fronts?.models ?? []).map((model) => [model.code, model]));
  const retrained = (fronts?.rounds[index] ?? [])
    .flatMap((code) => trained.get(code) ?? [])
    .map(({ cost, testAccuracy }) => ({ cost, accuracy: testAccuracy }))
    .sort((a, b) => a.cost - b.cost);
  return {
    round,
    steps,
    scored,
    bestAccuracy,
    hypervolume: frontVolume(front, budget, chance),
    front: front.map(({ cost, accuracy }) => ({ cost, accuracy })),
    retrained,
    retrainedHypervolume: retrained.length === 0 ? null : frontVolume(retrained, budget, chance),
  };
}

function rankReport({ rank }: Succeeded, seed: number): RankReport | null {
  if (rank === null) return null;
  const { architectures, tau, interval } = rankCorrelation(rank.architectures, seed);
  return {
    architectures,
    tau,
    interval: interval === null ? null : [...interval],
    pairs: rank.architectures.map(({ supernetAccuracy, testAccuracy }) => [supernetAccuracy, testAccuracy]),
  };
}
