import {
  type CellSets,
  type Cost,
  decodeArchitecture,
  fitnessChoices,
  firstSpace,
  type MacroNetwork,
  mergeFronts,
  nextSpace,
  type Pool,
  prune,
  type Random,
  randomFrom,
  type Sample,
  sampleWithin,
  type SpaceState,
  targetBand,
} from '@nse/space';
import type { CurveStep } from '../curve.js';
import { roundReport, type ScoredArchitecture } from '../outcome.js';
import type { RoundReport } from '../report.js';

/** A search without training, for tests: all decisions are real, accuracies, logits and losses are made up by formulas. */
export interface SampleSearch {
  readonly seed: number;
  readonly rounds: number;
  readonly network: MacroNetwork;
  readonly pool: Pool;
  readonly cost: Cost;
  readonly target: number;
  readonly drift: number;
}

const SUBSET_SIZE = 5;
const SCORED = 60;
const PRUNE_BELOW = -1.7;

export function searchedRounds(search: SampleSearch): RoundReport[] {
  const { seed, network, pool } = search;
  const reports: RoundReport[] = [];
  let space = firstSpace(
    network.cells.length,
    pool.operations.length,
    SUBSET_SIZE,
    randomFrom(seed, 'space'),
  );
  let front: ScoredArchitecture[] = [];
  for (let round = 1; round <= search.rounds; round++) {
    const random = randomFrom(seed, round);
    const { trained, logits } = pretendToTrain(space, network, random);
    const choices = fitnessChoices(network.cells, trained, logits);
    const band = targetBand(search.target, search.drift);
    const drawn = sampleWithin(band, { choices, cost: search.cost, number: SCORED, random });
    const scored = drawn.map((sample) => scoredBy(sample, round, random));
    front = frontOf(scored, front);
    const next = nextSpace(
      space,
      front.map(({ code }) => decodeArchitecture(code, network, pool)),
      SUBSET_SIZE,
    );
    const outcome = {
      round,
      front,
      scored: scored.length,
      space: summaryOf(space, trained, next),
      logits: space.subsets.map((subset, cell) =>
        subset.map((operation) => logits[cell]?.[trained[cell]?.indexOf(operation) ?? -1] ?? null),
      ),
      curve: lossSteps(200, 0.7 - 0.03 * round, random),
      scores: scored.map(({ cost, accuracy }) => [cost, accuracy] as const),
    };
    reports.push(roundReport(outcome, search.cost.unit));
    space = next;
  }
  return reports;
}

/** Logits at random, and what is left after pruning by them. */
function pretendToTrain({ subsets, optimized }: SpaceState, { cells }: MacroNetwork, random: Random) {
  const fitness = subsets.map((subset) => subset.map(() => random.next() * 4 - 2));
  const { subsets: trained } = prune({ cells, subsets, fitness, optimized, below: PRUNE_BELOW });
  const logits = trained.map((left, cell) =>
    left.map((operation) => fitness[cell]?.[subsets[cell]?.indexOf(operation) ?? -1] ?? 0),
  );
  return { trained, logits };
}

/** A made-up accuracy: more for later rounds, for cost and for some operations. */
function scoredBy({ architecture, code, cost }: Sample, round: number, random: Random): ScoredArchitecture {
  const taste = architecture.flat().reduce((sum, operation) => sum + Math.sin(operation * 1.7), 0);
  const raw = 0.8 + 0.2 * round + 0.15 * (cost / 6e6) + 0.04 * taste + 0.1 * random.next();
  return { code, macs: cost, cost, accuracy: 1 / (1 + Math.exp(-raw)) };
}

function frontOf(
  scored: readonly ScoredArchitecture[],
  old: readonly ScoredArchitecture[],
): ScoredArchitecture[] {
  const rescored = old.map((one) => ({ ...one, accuracy: Math.min(1, one.accuracy + 0.02) }));
  const all = [...scored, ...rescored];
  return mergeFronts(scored, [], rescored).inherited.flatMap((index) => all[index] ?? []);
}

function summaryOf({ subsets, optimized: before }: SpaceState, trained: CellSets, { optimized }: SpaceState) {
  const where = (test: (operation: number, cell: number) => boolean) =>
    subsets.map((subset, cell) => subset.filter((operation) => test(operation, cell)));
  const holds = (sets: CellSets, operation: number, cell: number) => sets[cell]?.includes(operation) === true;
  return {
    subsets,
    tried: where((operation, cell) => !holds(before, operation, cell)),
    kept: where((operation, cell) => holds(optimized, operation, cell)),
    dropped: where((operation, cell) => !holds(optimized, operation, cell)),
    pruned: where((operation, cell) => !holds(trained, operation, cell)),
    optimized,
  };
}

/** A made-up loss that falls to about `final`. */
export function lossSteps(steps: number, final: number, random: Random): CurveStep[] {
  return Array.from({ length: steps }, (_, step) => ({
    step: step + 1,
    loss: final + 1.8 * Math.exp(-step / 40) + 0.1 * random.next(),
    learningRate: 0.05 * (1 + Math.cos((Math.PI * step) / steps)),
  }));
}
