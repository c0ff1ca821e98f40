import {
  type CellSets,
  encodeArchitecture,
  macroNetwork,
  macsCost,
  POOLS,
  type Pool,
  type Random,
  randomFrom,
  shuffled,
} from '@nse/space';
import { architectureReport, networkReport, poolReport } from '../architecture.js';
import { type CurveStep, trainingCurve } from '../curve.js';
import { roundReport } from '../outcome.js';
import type { FrontPoint, Report, RoundReport } from '../report.js';

/**
 * A report for tests. Spaces, codes and costs come from the real functions; accuracies and losses are made up by
 * formulas, as nothing is trained here.
 */
export interface SampleOptions {
  readonly seed?: number;
  readonly rounds?: number;
  readonly pool?: Pool;
  readonly depths?: readonly number[];
  readonly target?: number;
  readonly drift?: number;
}

const SUBSET_SIZE = 5;
const SCORED = 60;

export function sampleReport(options: SampleOptions = {}): Report {
  const {
    seed = 1,
    rounds = 6,
    pool = POOLS.mac27,
    depths = [1, 1, 1, 0, 1, 1],
    target = 6e6,
    drift = 0.5e6,
  } = options;
  const network = macroNetwork({
    plan: 'NER',
    depths,
    widths: [16, 16, 24, 32, 48, 64, 96],
    scale: 1,
    stemStride: 2,
    imageSize: 28,
    imageChannels: 1,
    classes: 10,
    tailChannels: 256,
  });
  const cost = macsCost(network, pool);
  const identities = network.cells.map((cell) => cell.identity);
  const inBand = (macs: number) => macs <= target + drift && macs >= target - drift;
  const searched = searchRounds({
    seed,
    rounds,
    pool,
    identities,
    cost: (architecture) => cost.total(architecture),
    inBand,
  });
  const best = searched.at(-1)?.front.reduce((a, b) => (b.accuracy > a.accuracy ? b : a));
  const chosen = architectureReport(best?.code ?? '', network, pool);
  const other = searched[0]?.front[0]?.code ?? chosen.code;
  return {
    schema: 1,
    name: 'sample',
    seed,
    method: 'nse',
    notes: ['Made by a test: accuracies and losses are not real.'],
    commands: [`./nse demo --seed ${seed}`],
    chosen: { ...chosen, accuracy: best?.accuracy ?? 0 },
    retrain: { testAccuracy: 0.9261, curve: trainingCurve(lossSteps(300, 0.22, randomFrom(seed, 'chosen'))) },
    random: {
      ...architectureReport(other, network, pool),
      accuracy: 0.81,
      testAccuracy: 0.9183,
      curve: trainingCurve(lossSteps(300, 0.27, randomFrom(seed, 'random'))),
    },
    constraint: { unit: 'macs', target, drift },
    dataset: {
      kind: 'fashion-mnist',
      classes: [
        'T-shirt',
        'Trouser',
        'Pullover',
        'Dress',
        'Coat',
        'Sandal',
        'Shirt',
        'Sneaker',
        'Bag',
        'Boot',
      ],
      imageSize: 28,
      channels: 1,
      train: 50_000,
      heldOut: 10_000,
      test: 10_000,
      split: 'a fixed split by seed: the package has lost the original one',
    },
    pool: poolReport(pool),
    network: networkReport(network, pool),
    rounds: searched,
    spec: {
      name: 'sample',
      seed,
      pool: pool.name,
      subsetSize: SUBSET_SIZE,
      constraint: { macs: { target, drift } },
    },
    versions: { nse: '0.1.0', tensorflow: '2.21.0', node: '22.1.0' },
    ...sampleTimes(searched.length),
  };
}

interface Search {
  readonly seed: number;
  readonly rounds: number;
  readonly pool: Pool;
  readonly identities: readonly boolean[];
  readonly cost: (architecture: CellSets) => number;
  readonly inBand: (macs: number) => boolean;
}

function searchRounds(search: Search): RoundReport[] {
  const pending = search.identities.map((_, cell) =>
    shuffled([...search.pool.operations.keys()], randomFrom(search.seed, 'pending', cell)),
  );
  const reports: RoundReport[] = [];
  let optimized: CellSets = search.identities.map(() => []);
  let front: FrontPoint[] = [];
  for (let round = 1; round <= search.rounds; round++) {
    const random = randomFrom(search.seed, round);
    const subsets = optimized.map((set, cell) =>
      [...set, ...(pending[cell]?.splice(0, Math.max(0, SUBSET_SIZE - set.length)) ?? [])].sort(
        (a, b) => a - b,
      ),
    );
    const held = optimized;
    // One operation of the first cell leaves while training, so that every fate occurs.
    const left = subsets[0]?.find((operation) => held[0]?.includes(operation) !== true);
    const trained = subsets.map((set, cell) =>
      cell === 0 && round > 1 ? set.filter((o) => o !== left) : set,
    );
    const drawn = drawArchitectures(search, trained, random, round);
    front = paretoOf([...drawn, ...front.map((point) => ({ ...point, accuracy: point.accuracy + 0.004 }))]);
    optimized = unionOf(front, search.identities.length);
    reports.push(
      roundReport(
        {
          round,
          front,
          scored: drawn.length,
          subsets,
          trained,
          optimized,
          logits: trained.map((set) => set.map(() => random.next() * 4 - 2)),
          curve: lossSteps(200, 0.7 - 0.05 * round, random),
          scores: drawn.map(({ macs, accuracy }) => [macs, accuracy]),
        },
        reports,
      ),
    );
  }
  return reports;
}

/** Random architectures of the sets within the band; the accuracy is a made-up formula of cost and operations. */
function drawArchitectures(search: Search, sets: CellSets, random: Random, round: number): FrontPoint[] {
  const drawn = new Map<string, FrontPoint>();
  for (let tries = 0; tries < 20_000 && drawn.size < SCORED; tries++) {
    const architecture = sets.map((set, cell) => {
      const on = set.filter(() => random.next() < 0.4);
      const always = set[random.below(set.length)];
      return on.length === 0 && search.identities[cell] !== true && always !== undefined ? [always] : on;
    });
    const macs = search.cost(architecture);
    if (!search.inBand(macs)) continue;
    const code = encodeArchitecture(architecture);
    const taste = architecture.flat().reduce((sum, operation) => sum + Math.sin(operation * 1.7), 0);
    const accuracy = 0.72 + 0.012 * round + 0.02 * (macs / 1e6 - 6) + 0.006 * taste + 0.01 * random.next();
    drawn.set(code, { code, macs, accuracy });
  }
  return [...drawn.values()];
}

function paretoOf(points: readonly FrontPoint[]): FrontPoint[] {
  const front: FrontPoint[] = [];
  for (const point of [...points].sort((a, b) => a.macs - b.macs || b.accuracy - a.accuracy)) {
    if (point.accuracy > (front.at(-1)?.accuracy ?? -1)) front.push(point);
  }
  return front;
}

function unionOf(front: readonly FrontPoint[], cells: number): CellSets {
  const used = Array.from({ length: cells }, () => new Set<number>());
  for (const { code } of front) {
    code.split('.').forEach((cell, index) => {
      if (cell !== '-') cell.split(',').forEach((operation) => used[index]?.add(Number(operation)));
    });
  }
  return used.map((set) => [...set].sort((a, b) => a - b));
}

function lossSteps(steps: number, final: number, random: Random): CurveStep[] {
  return Array.from({ length: steps }, (_, step) => ({
    step: step + 1,
    loss: final + 1.8 * Math.exp(-step / 40) + 0.1 * random.next(),
    learningRate: 0.05 * (1 + Math.cos((Math.PI * step) / steps)),
  }));
}

function sampleTimes(rounds: number): Pick<Report, 'startedAt' | 'seconds' | 'host'> {
  const round = { train: 62.1, evaluate: 21.4, select: 0.3 };
  return {
    startedAt: '2026-01-05T10:00:00Z',
    seconds: {
      total: rounds * 83.8 + 190,
      byStage: {
        data: 4.2,
        train: rounds * 62.1,
        evaluate: rounds * 21.4,
        select: rounds * 0.3,
        retrain: 185.8,
      },
      rounds: Array.from({ length: rounds }, () => ({ ...round })),
    },
    host: {
      platform: 'linux x64',
      cores: 2,
      threads: 2,
      memoryBytes: 24 * 2 ** 30,
      backend: 'tensorflow cpu',
    },
  };
}
