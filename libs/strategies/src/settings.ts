/** Adam of architecture parameters; the decay adds `decay * alpha` to the gradient, as PyTorch's Adam does. */
export interface AlphaSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly decay: number;
}

export interface DartsSettings extends AlphaSettings {
  /** Whether the alphas' gradient looks one weight step ahead. */
  readonly order: 'first' | 'second';
  /** Weight gradients longer than this, all together, are scaled down to it. */
  readonly clip: number;
}

export interface ProxylessSettings extends AlphaSettings {
  /** The alphas move after the weights of every step that this divides. */
  readonly every: number;
  /** Share of the training at its beginning in which only weights move. */
  readonly warmup: number;
  /** lambda of the cost term: loss = cross-entropy + lambda * (expected cost - target) / target. */
  readonly lambda: number;
}

export interface PathDropout {
  /** r: at the end of training all branches of a cell are off with this chance, were there no rule against it. */
  readonly rate: number;
}

export interface EvolutionSettings {
  /** Architectures scored in a generation. */
  readonly population: number;
  readonly generations: number;
  /** The best of all so far, from which the next generation is bred. */
  readonly parents: number;
  readonly crossovers: number;
  readonly mutations: number;
  /** Of a cell to be drawn anew. */
  readonly mutationChance: number;
}

export interface ShrinkSettings {
  /** Operations that each cell is left with. */
  readonly keep: number;
  /** Weakest operations that each cell loses at a time. */
  readonly drop: number;
  /** Architectures scored before operations are dropped. */
  readonly samples: number;
  /** Epochs of each training after operations were dropped; the first is as long as the spec's. */
  readonly furtherEpochs: number;
}

/** Published settings of a weight training: SGD with momentum. */
export interface PublishedTraining {
  readonly epochs: number;
  readonly learningRate: {
    readonly start: number;
    readonly peak: number;
    readonly final: number;
    readonly warmupEpochs: number;
  };
  readonly momentum: number;
  readonly weightDecay: number;
  readonly batchSize: number;
}
