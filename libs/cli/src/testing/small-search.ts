import { type messages, toStruct } from '@nse/rpc';
import { macroNetwork, macsCost } from '@nse/space';
import { parseSpec, poolOf } from '@nse/spec';

/** A small search that is over, as its services would tell of it. */
export const smallSpec = parseSpec({
  name: 'small',
  seed: 3,
  dataset: { kind: 'fashion-mnist' },
  network: { plan: 'NR', depths: [0, 1, 0, 0, 0], widths: [8, 8, 16, 24, 32], tailChannels: 64 },
  rounds: 2,
  constraint: { macs: { target: 1.2e6, drift: 0.5e6 } },
});

const network = macroNetwork(smallSpec.network);
const cost = macsCost(network, poolOf(smallSpec));

const subsetOf = (round: number) => (round === 1 ? [0, 3, 6, 9, 22] : [3, 6, 10, 11, 12]);

/** The front's architecture of a round: the same operation everywhere. */
export function pointOf(round: number): messages.FrontPoint {
  const operation = round === 1 ? 3 : 6;
  const macs = cost.total(network.cells.map(() => [operation]));
  const code = network.cells.map(() => operation).join('.');
  return { code, cost: macs, macs, accuracy: 0.5 + round / 10, round };
}

/** What the round did: one operation pruned, one kept, a curve whose second point was not finite. */
export function roundOf(round: number): messages.Round {
  const cells = (index: number[]) => network.cells.map(() => ({ index }));
  const subset = subsetOf(round);
  return {
    search: 'small',
    round,
    rounds: 2,
    front: [pointOf(round)],
    space: {
      subsets: cells(subset),
      tried: cells(round === 1 ? subset : subset.slice(2)),
      kept: cells(subset.slice(round === 1 ? 1 : 1, 2)),
      dropped: cells(subset.filter((_, place) => place !== 1)),
      pruned: cells(subset.slice(4)),
      optimized: cells(subset.slice(1, 2)),
      pending: network.cells.map(() => 20),
    },
    logits: network.cells.map(() => ({
      value: [
        ...[0, 1, -1, 0.5].map((numberValue) => ({ numberValue })),
        { nullValue: 'NULL_VALUE' as const },
      ],
    })),
    scored: 2,
    bestAccuracy: 0.5 + round / 10,
    scores: [1e6, 0.25, 1.1e6, 0.5],
    curve: [{ step: 10, loss: 2.5 }, { step: 20 }],
    seconds: { train: 20, evaluate: 10 },
  };
}

/** The search as it stands at the end of all. */
export function searchOver(changes: Partial<messages.Search> = {}): messages.Search {
  return {
    id: 'small',
    name: 'small',
    phase: 'SUCCEEDED',
    stage: 'retrain',
    round: 2,
    rounds: 2,
    spec: toStruct(smallSpec),
    front: [pointOf(2)],
    chosen: pointOf(2),
    ...changes,
  };
}

const modelOf = (round: number, testAccuracy: number): messages.TrainedModel => ({
  code: pointOf(round).code ?? '',
  macs: pointOf(round).macs ?? 0,
  params: 1_000,
  testAccuracy,
  curve: [{ step: 10, loss: 1.5 }],
  seconds: round,
});

/** Both models, trained. */
export const retrainingOver: messages.Retraining = {
  search: 'small',
  state: 'TASK_STATE_SUCCEEDED',
  chosen: modelOf(2, 0.9),
  random: modelOf(1, 0.8),
};
