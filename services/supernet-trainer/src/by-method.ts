import {
  type AlphaResult,
  type SharedResult,
  trainDarts,
  trainOneShot,
  trainProxyless,
  trainShrinkStage,
  trainSpos,
} from '@nse/baselines';
import { type Cost, type MacroNetwork, macsCost, NseError, type Pool } from '@nse/space';
import {
  alphaOf,
  branchesOf,
  budgetOf,
  defaultAlpha,
  macsLimitOf,
  roundEpochs,
  type SearchSpec,
} from '@nse/spec';
import { type CurvePoint, type Hooks, type RoundData, type TrainSettings, trainRound } from '@nse/supernet';
import type { TrainResult, TrainTask } from './task.js';

/** A round to be trained. */
export interface RoundTraining {
  readonly task: TrainTask;
  readonly network: MacroNetwork;
  readonly pool: Pool;
  readonly cost: Cost;
  /** The weights of the last round. */
  readonly carried?: Uint8Array | undefined;
}

/** What a training leaves, whatever the method. */
export interface Trained extends Pick<TrainResult, 'subsets' | 'logits' | 'pruned' | 'alphas'> {
  /** Safetensors. */
  readonly weights: Uint8Array;
  readonly curve: readonly CurvePoint[];
}

/**
 * Trains a round's supernet as the search's method does: NSE's by `@nse/supernet`, the others' by `@nse/baselines`, all with the same
 * images, checkpoints and progress. Raises FAILED_PRECONDITION where the training diverged: what was learned is worth nothing,
 * and trying again gives the same.
 */
export async function trainByMethod(
  training: RoundTraining,
  data: RoundData,
  hooks: Hooks,
): Promise<Trained> {
  const trained = await trainedBy(training, data, hooks);
  requireFinite(trained);
  return trained;
}

async function trainedBy(training: RoundTraining, data: RoundData, hooks: Hooks): Promise<Trained> {
  const { task, network, pool, cost, carried } = training;
  const { spec, round, subsets } = task;
  const input = { network, pool, subsets, train: trainingOf(spec, round), seed: spec.seed };
  switch (spec.method) {
    case 'nse':
    case 'nse-single':
      return await trainRound(nseInput(training), data, hooks);
    case 'darts':
      return withAlphas(
        await trainDarts({ ...input, ...(spec.darts && { darts: spec.darts }) }, data, hooks),
      );
    case 'proxylessnas': {
      const { target } = budgetOf(spec.constraint);
      const { proxylessnas: settings } = spec;
      const own = { ...input, cost, target, ...(settings && { proxyless: settings }) };
      return withAlphas(await trainProxyless(own, data, hooks));
    }
    case 'one-shot': {
      const own = { ...input, ...(spec.oneShot && { dropout: spec.oneShot }) };
      return withoutFitness(await trainOneShot(own, data, hooks));
    }
    case 'shrink': {
      const own = { ...input, stage: round - 1, ...(carried && { carried }) };
      return withoutFitness(await trainShrinkStage(own, data, hooks));
    }
    // Random search is a matter of what is scored: its supernet is that of SPOS (Li and Talwalkar train it so, too).
    case 'spos':
    case 'random':
      return withoutFitness(await trainSpos(input, data, hooks));
  }
}

/** The training of that round; where a round goes on from trained weights there is nothing to warm up. */
function trainingOf(spec: SearchSpec, round: number): TrainSettings {
  const { train } = spec;
  if (spec.method !== 'shrink' || round === 1) return train;
  return {
    ...train,
    epochs: roundEpochs(spec, round),
    learningRate: { ...train.learningRate, warmupEpochs: 0 },
  };
}

function nseInput({ task, network, pool, cost, carried }: RoundTraining) {
  const { spec, round, subsets, optimized } = task;
  return {
    network,
    pool,
    cost,
    target: budgetOf(spec.constraint).target,
    ...limitOf(spec, network, pool),
    method: branchesOf(spec.method),
    subsets,
    optimized: optimized ?? subsets.map(() => []),
    train: spec.train,
    fitness: { ...spec.fitness, alpha: alphaOf(spec) },
    seed: spec.seed,
    round,
    ...(carried === undefined ? {} : { carried }),
  };
}

/** MACs beside a latency budget; the weight of their part of the loss is that of a MACs budget. */
function limitOf({ constraint, fitness }: SearchSpec, network: MacroNetwork, pool: Pool) {
  const limit = macsLimitOf(constraint);
  if (limit === undefined) return {};
  const { target } = limit;
  return { limit: { cost: macsCost(network, pool), target, alpha: defaultAlpha(limit, fitness.beta) } };
}

function withAlphas({ alphas, ...shared }: AlphaResult): Trained {
  return { ...withoutFitness(shared), alphas };
}

/** Nothing is pruned, and no operation has a fitness. */
function withoutFitness({ weights, subsets, curve }: SharedResult): Trained {
  return { weights, subsets, curve, logits: subsets.map(() => []), pruned: subsets.map(() => []) };
}

function requireFinite({ logits, alphas = [], curve }: Trained): void {
  const [wrong] = [
    ...(logits.flat().every(Number.isFinite) ? [] : ['a fitness']),
    ...(alphas.flat().every(Number.isFinite) ? [] : ['an architecture parameter']),
    ...(curve.every(({ loss }) => Number.isFinite(loss)) ? [] : ['a loss']),
  ];
  if (wrong === undefined) return;
  const rates = 'train.learningRate.peak or that of what is learned beside the weights';
  throw new NseError('FAILED_PRECONDITION', `training diverged: ${wrong} is not a number; lower ${rates}`);
}
