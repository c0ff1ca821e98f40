/** Learning rate: linear from `start` to `peak` over the warm-up, then a cosine to `final`. */
export interface LearningRate {
  readonly start: number;
  readonly peak: number;
  readonly final: number;
  readonly warmupEpochs: number;
}

/** SGD with Nesterov momentum; the weight decay spares biases and batch norm. */
export interface TrainSettings {
  readonly epochs: number;
  readonly learningRate: LearningRate;
  readonly momentum: number;
  readonly weightDecay: number;
  /** Steps between checkpoints. */
  readonly checkpointSteps: number;
}

/** Learning of the fitness logits. */
export interface FitnessSettings {
  /** A fitness step follows the weight step of every step that this divides. */
  readonly every: number;
  readonly learningRate: number;
  /** Weight of the regulariser: per (million multiply-accumulates, or ms) ^ beta. */
  readonly alpha: number;
  readonly beta: number;
  /** An operation whose logit falls below this leaves its cell. */
  readonly pruneBelow: number;
}

/** Training of one architecture from scratch. */
export interface RetrainSettings extends TrainSettings {
  readonly squeezeExcitation: boolean;
  readonly activation: 'relu' | 'swish';
  /** Share of the target that is spread evenly over all classes; default 0. */
  readonly labelSmoothing?: number;
  /** Training batches from which the statistics for the test are estimated; default 20. */
  readonly calibrationBatches?: number;
}
