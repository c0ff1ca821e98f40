import { type Architecture, type MacroNetwork, type Pool, randomFrom } from '@nse/space';
import { type Sgd } from '@nse/tensor';

import type { Block } from './block.js';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.js';
import { Curve, type CurveState } from './curve.js';
import { sgdFor } from './optimiser.js';
import { pathBlock } from './path.js';
import type { RetrainInput } from './retrain.js';
import type { RetrainSettings } from './settings.js';
import { supernetOf } from './supernet.js';
import { decodeWeights, encodeWeights, initialiseWeights, Weights } from './weights.js';

/** Steps that one point of the training curve stands for. */
const STEPS_PER_POINT = 10;

interface RetrainingState {
  readonly step: number;
  readonly curve: CurveState;
}

/** One architecture in training: all that moves from step to step. Owns its tensors. */
export class Retraining {
  readonly sgd: Sgd;

  private constructor(
    readonly block: Block,
    readonly weights: Weights,
    readonly curve: Curve,
    settings: RetrainSettings,
    public step: number,
  ) {
    this.sgd = sgdFor(settings);
  }

  static start(input: RetrainInput): Retraining {
    const block = finalNetwork(input);
    const weights = new Weights();
    initialiseWeights(weights, block.places, randomFrom(input.seed, 'retrain', 'weights'));
    return new Retraining(block, weights, new Curve(STEPS_PER_POINT), input.retrain, 0);
  }

  /** Goes on from what `checkpoint` returned. */
  static resume(input: RetrainInput, file: Uint8Array): Retraining {
    const { state, velocities } = decodeCheckpoint(file);
    const { step, curve } = state as RetrainingState;
    const block = finalNetwork(input);
    const weights = decodeWeights(file, block.places);
    const resumed = new Retraining(block, weights, new Curve(STEPS_PER_POINT, curve), input.retrain, step);
    resumed.sgd.restore(velocities);
    return resumed;
  }

  checkpoint(): Uint8Array {
    const state: RetrainingState = { step: this.step, curve: this.curve.state() };
    return encodeCheckpoint(this.weights, this.block.places, this.sgd, state);
  }

  /** Safetensors, with the running statistics. */
  encoded(): Uint8Array {
    return encodeWeights(this.weights, this.block.places);
  }

  dispose(): void {
    this.weights.dispose();
    this.sgd.dispose();
    this.curve.dispose();
  }
}

/**
 * The architecture as one block. Operations have activation and squeeze-excitation as the settings say (decision 8), beside those of
 * their own: as `retrainedPool` of libs/spec prices and exports them.
 */
export function finalNetwork({
  network,
  pool,
  architecture,
  retrain,
}: {
  readonly network: MacroNetwork;
  readonly pool: Pool;
  readonly architecture: Architecture;
  readonly retrain: Pick<RetrainSettings, 'activation' | 'squeezeExcitation'>;
}): Block {
  const { activation, squeezeExcitation } = retrain;
  const operations = pool.operations.map((operation) => ({
    ...operation,
    squeezeExcitation: squeezeExcitation || operation.squeezeExcitation === true,
    activation: operation.activation ?? activation,
  }));
  return pathBlock(supernetOf(network, { ...pool, operations }, activation), architecture);
}
