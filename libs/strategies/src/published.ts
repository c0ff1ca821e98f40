import type {
  DartsSettings,
  EvolutionSettings,
  PathDropout,
  ProxylessSettings,
  PublishedTraining,
  ShrinkSettings,
} from './settings.js';

// What is said of the authors' code was read in it. What is said of the papers alone, numbers of sections among it, is from
// memory of them: their full texts were out of reach when this was written. docs/methods.md lists what differs from both.

/**
 * Liu et al., "DARTS: Differentiable Architecture Search" (ICLR 2019), appendix A.1.1, and the authors' code
 * (github.com/quark0/darts, cnn/train_search.py and architect.py): Adam with a learning rate of 3e-4, beta1 0.5, beta2 0.999 and
 * weight decay 1e-3; gradients of weights are clipped at 5.
 */
export const DARTS: DartsSettings = {
  order: 'second',
  learningRate: 3e-4,
  beta1: 0.5,
  beta2: 0.999,
  decay: 1e-3,
  clip: 5,
};

/**
 * The same code: 50 epochs with batches of 64, a cosine from 0.025 (to 0.001 there, to 0 by the paper and here), momentum 0.9
 * (Nesterov's here), decay 3e-4.
 */
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
 * for every 5 of the weights; 40 of 160 epochs before the alphas begin. Of the ways to move the alphas that the code has, ours is
 * `two`, the paper's two paths; its default computes all gates. Of its cost terms ours is `add#linear` with lambda 0.1, the
 * paper's; its default multiplies the loss by a power of the logarithm of the cost.
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
 * Guo et al., "Single Path One-Shot Neural Architecture Search with Uniform Sampling" (ECCV 2020), and the authors' code
 * (github.com/megvii-model/SinglePathOneShot, src/Supernet/train.py): batches of 1,024, momentum 0.9, weight decay 4e-5, 150,000
 * steps (120 epochs) from a learning rate of 0.5. Theirs falls linearly and smooths labels by 0.1; ours falls by a cosine,
 * without smoothing, as every supernet here. Its paths lie near the budget; ours are uniform over all.
 */
export const SPOS_TRAINING: PublishedTraining = {
  epochs: 120,
  learningRate: { start: 0.5, peak: 0.5, final: 0, warmupEpochs: 0 },
  momentum: 0.9,
  weightDecay: 4e-5,
  batchSize: 1024,
};

/**
 * The same code (src/Search/search.py): population 50, 20 generations, the best 10 as parents, 25 of a generation by crossover,
 * 25 by mutation with chance 0.1 a cell, 10 tries for each.
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
 * Bender et al., "Understanding and Simplifying One-Shot Architecture Search" (ICML 2018): paths are dropped at random, more and
 * more, by a linear schedule from 0; the rate must be tuned. That each of k incoming paths goes with chance r^(1/k) is from memory
 * of section 3.2 and could not be looked up. r = 0.05 is ours.
 */
export const PATH_DROPOUT: PathDropout = { rate: 0.05 };

/**
 * The same paper's experiments on CIFAR-10: Nesterov momentum 0.9, learning rate 0.1, 5,000 to 10,000 steps (113 to 225 epochs)
 * on 16 GPUs with batches of 64 each, in ghost batches of 32, for which batch norm here has no counterpart. The cosine and the
 * weight decay are ours.
 */
export const ONE_SHOT_TRAINING: PublishedTraining = {
  epochs: 113,
  learningRate: { start: 0.1, peak: 0.1, final: 0, warmupEpochs: 0 },
  momentum: 0.9,
  weightDecay: 4e-5,
  batchSize: 1024,
};

/**
 * Hu et al., "Angle-based Search Space Shrinking for Neural Architecture Search" (ECCV 2020), and the authors' code
 * (github.com/megvii-model/AngleNAS, SPOS/shrinking): after 100 epochs, then every 5, the 7 weakest operations of all 21 places
 * are dropped, by the mean score of 1,000 sampled architectures that hold each. There the score is an angle between weights; here
 * it is the accuracy, a criterion that they compare theirs with. Ours besides: each cell loses its own weakest, one at a time,
 * 1,000 architectures are sampled in all, and each cell keeps 5, as NSE's supernets do.
 */
export const SHRINK: ShrinkSettings = { keep: 5, drop: 1, samples: 1000, furtherEpochs: 5 };
