import type {
  DartsSettings,
  EvolutionSettings,
  PathDropout,
  ProxylessSettings,
  PublishedTraining,
  ShrinkSettings,
} from './settings.js';

/**
 * Liu et al., "DARTS: Differentiable Architecture Search" (ICLR 2019), appendix A.1.1: Adam with a learning rate of 3e-4, beta1
 * 0.5, beta2 0.999 and weight decay 1e-3; the clipping is in the authors' code (github.com/quark0/darts, train_search.py).
 */
export const DARTS: DartsSettings = {
  order: 'second',
  learningRate: 3e-4,
  beta1: 0.5,
  beta2: 0.999,
  decay: 1e-3,
  clip: 5,
};

/** The same appendix: 50 epochs with batches of 64, a cosine from 0.025 to 0, momentum 0.9 (Nesterov's here), decay 3e-4. */
export const DARTS_TRAINING: PublishedTraining = {
  epochs: 50,
  learningRate: { start: 0.025, peak: 0.025, final: 0, warmupEpochs: 0 },
  momentum: 0.9,
  weightDecay: 3e-4,
  batchSize: 64,
};

/**
 * Cai et al., "ProxylessNAS" (ICLR 2019), sections 3.2 and 3.3, and the authors' code (github.com/mit-han-lab/proxylessnas,
 * search/imagenet_arch_search.py): Adam with a learning rate of 1e-3, beta1 0, beta2 0.999 and no decay; a step of the alphas
 * for every 5 of the weights; 40 of 160 epochs before the alphas begin; lambda 0.1 for the added, linear cost term.
 */
export const PROXYLESS: ProxylessSettings = {
  learningRate: 1e-3,
  beta1: 0,
  beta2: 0.999,
  decay: 0,
  every: 5,
  warmup: 0.25,
  lambda: 0.1,
};

/**
 * The same code: 40 + 120 epochs with batches of 256, a cosine from 0.025 (from the warm-up's end there, over the whole training
 * here), Nesterov momentum 0.9, decay 4e-5. Theirs smooths labels by 0.1.
 */
export const PROXYLESS_TRAINING: PublishedTraining = {
  epochs: 160,
  learningRate: { start: 0.025, peak: 0.025, final: 0, warmupEpochs: 0 },
  momentum: 0.9,
  weightDecay: 4e-5,
  batchSize: 256,
};

/**
 * Guo et al., "Single Path One-Shot Neural Architecture Search with Uniform Sampling" (ECCV 2020), section 4: batches of
 * 1,024, weight decay 4e-5, 120 epochs (150,000 steps) from a learning rate of 0.5. Theirs falls linearly and smooths labels by
 * 0.1; ours falls by a cosine, without smoothing, as every supernet here.
 */
export const SPOS_TRAINING: PublishedTraining = {
  epochs: 120,
  learningRate: { start: 0.5, peak: 0.5, final: 0, warmupEpochs: 0 },
  momentum: 0.9,
  weightDecay: 4e-5,
  batchSize: 1024,
};

/**
 * SPOS (Guo et al., ECCV 2020, section 3.4 and the authors' code, github.com/megvii-model/SinglePathOneShot): population 50,
 * 20 generations, the best 10 as parents, half of a generation by crossover, half by mutation with chance 0.1 a cell.
 */
export const SPOS_EVOLUTION: EvolutionSettings = {
  population: 50,
  generations: 20,
  parents: 10,
  crossovers: 25,
  mutations: 25,
  mutationChance: 0.1,
};

/**
 * Bender et al., "Understanding and Simplifying One-Shot Architecture Search" (ICML 2018), section 3.2, drops each incoming
 * path with chance r^(1/k), where k is their number, and raises the chance linearly from 0. They tune r; 0.05 is ours.
 */
export const PATH_DROPOUT: PathDropout = { rate: 0.05 };

/**
 * Section 4 of the same paper, for CIFAR-10: Nesterov momentum 0.9, learning rate 0.1, 5,000 to 10,000 steps (113 to 225 epochs)
 * of 16 workers with batches of 64 each, in ghost batches of 32, for which batch norm here has no counterpart. The cosine is ours.
 */
export const ONE_SHOT_TRAINING: PublishedTraining = {
  epochs: 113,
  learningRate: { start: 0.1, peak: 0.1, final: 0, warmupEpochs: 0 },
  momentum: 0.9,
  weightDecay: 4e-5,
  batchSize: 1024,
};

/**
 * Hu et al., "Angle-based Search Space Shrinking for Neural Architecture Search" (ECCV 2020), algorithm 2 and the authors' code
 * (github.com/megvii-model/AngleNAS): one operation a place is dropped at a time, after 100 epochs and then every 5 (20 for
 * DARTS' space), by the mean score of 1,000 sampled architectures that hold it. Here the score is the accuracy, the criterion
 * that they compare theirs with; 1,000 are sampled in all; and each cell keeps 5, as NSE's supernets do.
 */
export const SHRINK: ShrinkSettings = { keep: 5, drop: 1, samples: 1000, furtherEpochs: 5 };
