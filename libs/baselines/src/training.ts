import { type CellSets, randomFrom } from '@nse/space';
import { type AlphaSettings, optionsOf } from '@nse/strategies';
import {
  type BatchSource,
  breathe,
  Curve,
  type CurveState,
  decodeCheckpoint,
  decodeWeights,
  encodeCheckpoint,
  encodeWeights,
  type Hooks,
  initialiseWeights,
  placesOf,
  sgdFor,
  stepsOf,
  type Supernet,
  supernetOf,
  Weights,
} from '@nse/supernet';
import type { Sgd } from '@nse/tensor';

import { Alphas, type AlphasState } from './alphas.js';
import type { SharedInput, SharedResult } from './settings.js';

/** Steps that one point of the training curve stands for. */
const STEPS_PER_POINT = 10;

/** What a checkpoint holds beside tensors. */
interface TrainingState {
  readonly step: number;
  readonly curve: CurveState;
  readonly alphas: AlphasState | null;
}

export interface TrainingOptions {
  /** What the weights' draw is for: trainings of one search that differ in it begin with unrelated weights. */
  readonly purpose: string;
  /** Adam of the architecture parameters, for the methods that have them. */
  readonly alphas?: AlphaSettings;
  /** A supernet over at least these subsets: its weights and running statistics are where this one begins. */
  readonly carried?: Uint8Array;
}

/** A supernet in training: all that moves from step to step. Owns its tensors. */
export class Training {
  readonly supernet: Supernet;
  readonly sgd: Sgd;
  private readonly subsets: CellSets;

  private constructor(
    input: SharedInput,
    readonly weights: Weights,
    readonly curve: Curve,
    readonly alphas: Alphas | undefined,
    public step: number,
  ) {
    this.supernet = supernetOf(input.network, input.pool);
    this.subsets = input.subsets;
    this.sgd = sgdFor(input.train);
  }

  static start(input: SharedInput, { purpose, alphas, carried }: TrainingOptions): Training {
    const places = placesIn(input);
    const weights = carried === undefined ? new Weights() : decodeWeights(carried, places);
    if (carried === undefined) initialiseWeights(weights, places, randomFrom(input.seed, purpose, 'weights'));
    const sizes = optionsOf(input.network.cells, input.subsets).map((options) => options.length);
    const random = randomFrom(input.seed, purpose, 'alphas');
    const fresh = alphas && Alphas.fresh(sizes, alphas, random);
    return new Training(input, weights, new Curve(STEPS_PER_POINT), fresh, 0);
  }

  /** Goes on from what `checkpoint` returned. */
  static resume(input: SharedInput, file: Uint8Array, settings?: AlphaSettings): Training {
    const { state, velocities } = decodeCheckpoint(file);
    const { step, curve, alphas } = state as TrainingState;
    const restored = alphas && settings ? Alphas.from(alphas, settings) : undefined;
    const weights = decodeWeights(file, placesIn(input));
    const training = new Training(input, weights, new Curve(STEPS_PER_POINT, curve), restored, step);
    training.sgd.restore(velocities);
    return training;
  }

  checkpoint(): Uint8Array {
    const state: TrainingState = {
      step: this.step,
      curve: this.curve.state(),
      alphas: this.alphas?.state() ?? null,
    };
    return encodeCheckpoint(this.weights, placesOf(this.supernet, this.subsets), this.sgd, state);
  }

  result(): SharedResult {
    return {
      weights: encodeWeights(this.weights, placesOf(this.supernet, this.subsets)),
      subsets: this.subsets,
      curve: this.curve.state().points,
    };
  }

  dispose(): void {
    this.weights.dispose();
    this.sgd.dispose();
    this.curve.dispose();
  }
}

/** What one training is, to `runTraining`. */
export interface TrainingPlan<Result> extends TrainingOptions {
  readonly input: SharedInput;
  readonly train: BatchSource;
  /** Everything of step `training.step`, counted from 0. */
  readonly takeStep: (training: Training) => Promise<void>;
  readonly result: (training: Training) => Result;
}

/**
 * Trains step by step, with checkpoints and progress as `trainRound` has them: a run that was killed goes on from its last
 * checkpoint to the same bits. Throws ABORTED within a step after the signal fires.
 */
export async function runTraining<Result>(plan: TrainingPlan<Result>, hooks: Hooks): Promise<Result> {
  const { input, train, takeStep, result } = plan;
  const steps = stepsOf(input.train, train.stepsPerEpoch);
  const training =
    hooks.resume === undefined
      ? Training.start(input, plan)
      : Training.resume(input, hooks.resume, plan.alphas);
  try {
    while (training.step < steps) {
      await breathe(hooks.signal);
      await takeStep(training);
      training.step += 1;
      if (training.step % input.train.checkpointSteps === 0 && training.step < steps) {
        await hooks.checkpoint(training.checkpoint(), training.step);
      }
      hooks.progress({ step: training.step, steps, ...training.curve.latest() });
    }
    return result(training);
  } finally {
    training.dispose();
  }
}

function placesIn({ network, pool, subsets }: SharedInput) {
  return placesOf(supernetOf(network, pool), subsets);
}
