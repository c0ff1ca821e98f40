import {
  macroNetwork,
  macsCost,
  type Pool,
  POOLS,
  randomArchitectureOfCost,
  randomFrom,
  targetBand,
} from '@nse/space';
import { architectureReport, networkReport, poolReport } from '../architecture.js';
import { trainingCurve } from '../curve.js';
import type { Report } from '../report.js';
import { lossSteps, searchedRounds } from './search.js';

export interface SampleOptions {
  readonly seed?: number;
  readonly rounds?: number;
  readonly pool?: Pool;
  readonly depths?: readonly number[];
  readonly target?: number;
  readonly drift?: number;
}

const NETWORK = {
  plan: 'NER',
  widths: [16, 16, 24, 32, 48, 64, 96],
  scale: 1,
  stemStride: 2,
  imageSize: 28,
  imageChannels: 1,
  classes: 10,
  tailChannels: 256,
} as const;

/**
 * A report for tests. Spaces, fronts, codes and costs come from the real functions; accuracies and losses are made up by
 * formulas, as nothing is trained here.
 */
export function sampleReport(options: SampleOptions = {}): Report {
  const { seed = 1, rounds = 6, pool = POOLS.mac27, depths = [1, 1, 1, 0, 1, 1] } = options;
  const { target = 6e6, drift = 0.5e6 } = options;
  const network = macroNetwork({ ...NETWORK, depths });
  const cost = macsCost(network, pool);
  const searched = searchedRounds({ seed, rounds, network, pool, cost, target, drift });
  const best = searched.at(-1)?.front.at(-1);
  const random = randomArchitectureOfCost(targetBand(target, drift), {
    cells: network.cells,
    poolSize: pool.operations.length,
    subsetSize: 5,
    method: 'nse',
    cost,
    random: randomFrom(seed, 'random'),
  });
  return {
    schema: 1,
    name: 'sample',
    seed,
    method: 'nse',
    notes: ['Made by a test: accuracies and losses are not real.'],
    commands: [`./nse demo --seed ${seed}`],
    chosen: { ...architectureReport(best?.code ?? '', network, pool), accuracy: best?.accuracy ?? 0 },
    retrain: { testAccuracy: 0.9261, curve: trainingCurve(lossSteps(300, 0.22, randomFrom(seed, 'chosen'))) },
    random: {
      ...architectureReport(random.code, network, pool),
      accuracy: 0.81,
      testAccuracy: 0.9183,
      curve: trainingCurve(lossSteps(300, 0.27, randomFrom(seed, 'other'))),
    },
    constraint: { unit: 'macs', target, drift },
    dataset: sampleDataset(),
    pool: poolReport(pool),
    network: networkReport(network, pool),
    rounds: searched,
    spec: { name: 'sample', seed, pool: pool.name, subsetSize: 5, constraint: { macs: { target, drift } } },
    versions: { nse: '0.1.0', tensorflow: '2.21.0', node: '22.1.0' },
    ...sampleTimes(searched.length),
  };
}

/** A report of a search under a latency budget, as if a device did 1 GMAC in a second and the table were 3 % off. */
export function latencySample(report = sampleReport({ rounds: 2 })): Report {
  const ms = (macs: number) => macs / 1e6;
  const figures = ({ code, macs }: { readonly code: string; readonly macs: number }) => ({
    code,
    predictedMs: ms(macs),
    measuredMs: 1.03 * ms(macs),
    lowMs: ms(macs),
    highMs: 1.05 * ms(macs),
    runs: 200,
  });
  const { chosen, random, constraint, rounds } = report;
  const [target, drift] = [ms(constraint.target), ms(constraint.drift)];
  return {
    ...report,
    constraint: { unit: 'ms', target, drift },
    chosen: { ...chosen, latencyMs: ms(chosen.macs) },
    rounds: rounds.map((round) => ({
      ...round,
      front: round.front.map((point) => ({ ...point, latencyMs: ms(point.macs) })),
    })),
    latency: {
      device: 'host-sample',
      table: 'host-sample-1',
      chosen: figures(chosen),
      random: random && figures(random),
      measured: [chosen, ...(random === null ? [] : [random])].map(figures),
      withinTenPercent: true,
      note: '',
      trust: {
        ...{
          fitted: 2,
          judged: 2,
          within5: 0.5,
          within10: 1,
          spearman: 1,
          worstError: -0.06,
          worstCode: '0',
        },
        pairs: [
          [5, 5.1],
          [6.1, 6.5],
        ],
      },
    },
  };
}

function sampleDataset(): Report['dataset'] {
  return {
    kind: 'fashion-mnist',
    classes: ['T-shirt', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Boot'],
    imageSize: 28,
    channels: 1,
    train: 50_000,
    heldOut: 10_000,
    test: 10_000,
    split: 'fixed by seed, as the package has lost the original one',
  };
}

function sampleTimes(rounds: number): Pick<Report, 'startedAt' | 'seconds' | 'host'> {
  const round = { train: 62.1, evaluate: 21.4, inherit: 0.3 };
  return {
    startedAt: '2026-01-05T10:00:00Z',
    seconds: {
      total: rounds * 83.8 + 190,
      byStage: {
        data: 4.2,
        train: rounds * 62.1,
        evaluate: rounds * 21.4,
        inherit: rounds * 0.3,
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
