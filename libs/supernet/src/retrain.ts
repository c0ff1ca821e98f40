import type { Architecture, MacroNetwork, Pool } from '@nse/space';
import { crossEntropy, read, type Tensor } from '@nse/tensor';

import { breathe } from './breathe.js';
import type { Batch, BatchSource, CurvePoint, Hooks } from './hooks.js';
import { imagesOf, withBatch } from './labelled.js';
import { rateAt, stepsOf } from './optimiser.js';
import { Retraining } from './retraining.js';
import { type Score, ScoreSum } from './score.js';
import type { RetrainSettings } from './settings.js';
import { smoothedCrossEntropy } from './smoothing.js';
import { Statistics } from './statistics.js';
import { type Loss, weightStep } from './weight-step.js';

export interface RetrainInput {
  readonly network: MacroNetwork;
  readonly pool: Pool;
  readonly architecture: Architecture;
  readonly retrain: RetrainSettings;
  readonly seed: number;
}

export interface RetrainData {
  readonly train: BatchSource;
  /** Read once, when the weights are final. */
  readonly test: readonly Batch[];
}

export interface RetrainResult {
  /** Safetensors, in PyTorch's layout, with the running statistics that the test was made with. */
  readonly weights: Uint8Array;
  /** In [0, 1]. */
  readonly testAccuracy: number;
  /** Mean cross-entropy on the test images, without smoothing. */
  readonly testLoss: number;
  readonly curve: readonly CurvePoint[];
}

const DEFAULT_CALIBRATION_BATCHES = 20;

/**
 * Trains one architecture from scratch (nse-algorithm.md, "One round", 6) and tests it once. A run that was killed goes on
 * from its last checkpoint to the same bits. Throws ABORTED within a step after the signal fires.
 */
export async function trainArchitecture(
  input: RetrainInput,
  data: RetrainData,
  hooks: Hooks,
): Promise<RetrainResult> {
  const steps = stepsOf(input.retrain, data.train.stepsPerEpoch);
  const run = hooks.resume === undefined ? Retraining.start(input) : Retraining.resume(input, hooks.resume);
  try {
    while (run.step < steps) {
      await breathe(hooks.signal);
      await moveWeights(run, input, data.train);
      run.step += 1;
      if (run.step % input.retrain.checkpointSteps === 0 && run.step < steps) {
        await hooks.checkpoint(run.checkpoint(), run.step);
      }
      hooks.progress({ step: run.step, steps, ...run.curve.latest() });
    }
    await settleStatistics(run, input, data.train);
    const { accuracy, loss } = await testOnce(run, input, data.test, hooks.signal);
    hooks.progress({ step: steps, steps, ...run.curve.latest(), accuracy });
    return {
      weights: run.encoded(),
      testAccuracy: accuracy,
      testLoss: loss,
      curve: run.curve.state().points,
    };
  } finally {
    run.dispose();
  }
}

async function moveWeights(
  run: Retraining,
  { network, retrain }: RetrainInput,
  data: BatchSource,
): Promise<void> {
  const batch = await data.at(run.step);
  const rate = rateAt(run.step, retrain, data.stepsPerEpoch);
  const smoothing = retrain.labelSmoothing ?? 0;
  const loss = withBatch(batch, network, ({ images, labels }) => {
    const lossOf = (logits: Tensor): Loss =>
      smoothing === 0 ? crossEntropy(logits, labels) : smoothedCrossEntropy(logits, batch.labels, smoothing);
    return weightStep(run, run.block, images, lossOf, rate);
  });
  run.curve.add(loss, run.step + 1);
}

/** Running statistics of the final weights: those of training still remember earlier weights. */
async function settleStatistics(
  { block, weights, step }: Retraining,
  { network, retrain }: RetrainInput,
  data: BatchSource,
): Promise<void> {
  const into = new Statistics();
  const batches = retrain.calibrationBatches ?? DEFAULT_CALIBRATION_BATCHES;
  for (let batch = 0; batch < batches; batch++) {
    const images = imagesOf(await data.at(step + batch), network);
    block.run(images, weights, { kind: 'collect', into }).dispose();
    images.dispose();
  }
  for (const [name, average] of into.averages()) weights.set(name, average);
  into.dispose();
}

async function testOnce(
  { block, weights }: Retraining,
  { network }: RetrainInput,
  batches: readonly Batch[],
  signal: AbortSignal,
): Promise<Score> {
  const sum = new ScoreSum();
  for (const batch of batches) {
    await breathe(signal);
    const images = imagesOf(batch, network);
    const logits = block.run(images, weights, { kind: 'evaluate' });
    sum.add(read(logits), batch.labels);
    images.dispose();
    logits.dispose();
  }
  return sum.score();
}
