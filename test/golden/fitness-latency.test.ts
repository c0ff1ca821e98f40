import { latencyCost, macroNetwork, type NetworkSpec, parseLatencyTable, poolNamed } from '@nse/space';
import { expectedCost, logitGradients, regulariser } from '@nse/supernet';

import { readGolden, readLatencyTable } from './golden.js';
import {
  type CellStep,
  chancesOf,
  expectChances,
  expectCosts,
  expectNear,
  pairsOf,
  tableOf,
} from './pairs.js';
import { expectClose, readGoldenTensors, stored } from './tensors.js';

interface LatencyCase extends Pick<NetworkSpec, 'plan' | 'depths' | 'widths'> {
  readonly id: string;
  readonly pool: string;
  readonly input_size: number;
  readonly loss: {
    readonly latency_alpha: number;
    readonly latency_beta: number;
    readonly latency_target: number;
  };
  readonly stem_and_tail_latency: number;
  readonly expected_latency: number;
  readonly regulariser: number;
  readonly cells: readonly CellStep[];
}

const { latency_cases: cases } = readGolden('fitness') as { readonly latency_cases: readonly LatencyCase[] };
const tensors = readGoldenTensors('fitness');

function costOf({ plan, depths, widths, input_size: imageSize, pool }: LatencyCase) {
  const size = { imageSize, imageChannels: 3, classes: 1000, stemStride: 2, tailChannels: 1024 } as const;
  const network = macroNetwork({ plan, depths, widths, scale: 1, ...size });
  return latencyCost(network, poolNamed(pool), parseLatencyTable(readLatencyTable()));
}

describe.each(cases.map((entry) => [entry.id, entry] as const))('%s', (id, entry) => {
  const cost = costOf(entry);
  const pairs = pairsOf(entry.cells);
  const chances = chancesOf(entry.cells);
  const { latency_alpha: alpha, latency_beta: beta, latency_target: target } = entry.loss;
  const penalty = regulariser(expectedCost(cost, pairs, chances), { alpha, beta, target, scale: 1 });

  test('has the recorded chances', () => expectChances(entry.cells));
  test('has the recorded latency of every set', () => {
    expectNear(cost.fixed, entry.stem_and_tail_latency);
    expectCosts(cost, entry.cells);
  });
  test('has the recorded expected latency and regulariser', () => {
    expectNear(expectedCost(cost, pairs, chances), entry.expected_latency);
    expectNear(penalty.value, entry.regulariser);
  });
  test('has the recorded gradient of the regulariser', () => {
    const expected = stored(tensors, `${id}/grad_reg`);
    const gradients = logitGradients(cost, pairs, chances, [], penalty.slope);
    expectClose('grad_reg', tableOf(gradients, expected), expected);
  });
});
