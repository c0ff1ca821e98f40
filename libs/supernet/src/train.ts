import {
  type CellSets,
  type Cost,
  drawPair,
  drawPath,
  type MacroNetwork,
  type Method,
  type Pool,
  randomFrom,
} from '@nse/space';
import { crossEntropy } from '@nse/tensor';

import { breathe } from './breathe.js';
import { fitnessStep } from './fitness-step.js';
import type { BatchSource, CurvePoint, Hooks } from './hooks.js';
import { withBatch } from './labelled.js';
import { rateAt, stepsOf } from './optimiser.js';
import { pathBlock } from './path.js';
import { Round } from './round.js';
import type { FitnessSettings, TrainSettings } from './settings.js';
import { weightStep } from './weight-step.js';

export interface RoundInput {
  readonly network: MacroNetwork;
  readonly pool: Pool;
  readonly cost: Cost;
  /** Of the regulariser, in the cost's unit. */
  readonly target: number;
  /** A second cost that is limited from above only: MACs beside a latency budget. `alpha` as that of the fitness. */
  readonly limit?: { readonly cost: Cost; readonly target: number; readonly alpha: number };
  readonly method: Method;
  readonly subsets: CellSets;
  /** The last optimized space: these operations are never pruned. Empty sets in the first round. */
  readonly optimized: CellSets;
  readonly train: TrainSettings;
  readonly fitness: FitnessSettings;
  readonly seed: number;
  readonly round: number;
  /** The last round's weights: its classifier and running statistics are taken over, the rest starts afresh. */
  readonly carried?: Uint8Array;
}

export interface RoundData {
  readonly train: BatchSource;
  /** For the fitness; not read by single-branch NSE. */
  readonly heldOut: BatchSource;
}

export interface RoundResult {
  /** Safetensors: the whole supernet over the subsets that are left. */
  readonly weights: Uint8Array;
  readonly subsets: CellSets;
  /** Per cell, per operation of the subset. */
  readonly logits: readonly (readonly number[])[];
  /** Per cell, what fell in the course of the round. */
  readonly pruned: CellSets;
  readonly curve: readonly CurvePoint[];
}

/**
 * Trains the supernet of one round, weights and fitness (nse-algorithm.md, "One round", 1 and 2). The result is a function
 * of the input and the data alone: a run that was killed goes on from its last checkpoint to the same bits.
 * Throws ABORTED within a step after the signal fires.
 */
export async function trainRound(input: RoundInput, data: RoundData, hooks: Hooks): Promise<RoundResult> {
  const steps = stepsOf(input.train, data.train.stepsPerEpoch);
  const round = hooks.resume === undefined ? Round.start(input) : Round.resume(input, hooks.resume);
  try {
    while (round.step < steps) {
      await breathe(hooks.signal);
      round.prune();
      await moveWeights(round, input, data.train);
      if (input.method === 'nse' && round.step % input.fitness.every === 0) {
        await moveFitness(round, input, data.heldOut);
      }
      round.step += 1;
      if (round.step % input.train.checkpointSteps === 0 && round.step < steps) {
        await hooks.checkpoint(round.checkpoint(), round.step);
      }
      hooks.progress({ step: round.step, steps, ...round.curve.latest() });
    }
    return round.result();
  } finally {
    round.dispose();
  }
}

async function moveWeights(
  round: Round,
  { network, method, train, seed, round: number }: RoundInput,
  data: BatchSource,
): Promise<void> {
  const batch = await data.at(round.step);
  const path = drawPath(network.cells, round.subsets, method, randomFrom(seed, number, 'path', round.step));
  const rate = rateAt(round.step, train, data.stepsPerEpoch);
  const loss = withBatch(batch, network, ({ images, labels }) =>
    weightStep(
      round,
      pathBlock(round.supernet, path),
      images,
      (logits) => crossEntropy(logits, labels),
      rate,
    ),
  );
  round.curve.add(loss, round.step + 1);
}

async function moveFitness(round: Round, input: RoundInput, data: BatchSource): Promise<void> {
  const { network, cost, target, limit, fitness, seed } = input;
  const batch = await data.at(Math.floor(round.step / fitness.every));
  const { supernet, weights, logits, subsets } = round;
  const random = randomFrom(seed, input.round, 'pair', round.step);
  const pairs = drawPair(network.cells, subsets, logits.ofSubsets(subsets), random);
  const { alpha, beta } = fitness;
  const step = {
    supernet,
    weights,
    logits,
    cost,
    regulariser: { alpha, beta, target, scale: scaleOf(cost) },
    limit: limit && {
      cost: limit.cost,
      regulariser: { alpha: limit.alpha, beta, target: limit.target, scale: scaleOf(limit.cost) },
    },
  };
  withBatch(batch, network, (labelled) => fitnessStep(step, pairs, labelled));
}

/** Weights of regularisers count in millions of multiply-accumulates, or in milliseconds. */
const scaleOf = ({ unit }: Cost) => (unit === 'macs' ? 1e6 : 1);
