import {
  type Architecture,
  type CellSets,
  encodeArchitecture,
  type MacroNetwork,
  NseError,
  type Pool,
} from '@nse/space';
import type { Tensor } from '@nse/tensor';
import { breathe } from './breathe.js';
import { type CachePlan, planCache } from './cache-plan.js';
import type { Batch, BatchSource, Progress } from './hooks.js';
import { imagesOf } from './labelled.js';
import { prefixOrder } from './prefix.js';
import { PrefixScorer, type ScoringBatches } from './prefix-scorer.js';
import type { Score } from './score.js';
import { placesOf, supernetOf } from './supernet.js';
import { decodeWeights } from './weights.js';

export interface EvaluateInput {
  readonly network: MacroNetwork;
  readonly pool: Pool;
  /** A trained supernet, as `trainRound` returned it. */
  readonly weights: Uint8Array;
  /** Its subsets: every architecture's operations are among them. */
  readonly subsets: CellSets;
  readonly architectures: readonly Architecture[];
  /** Batches from which batch norm is estimated anew for every architecture. */
  readonly calibrationBatches: number;
  /** Memory for activations that architectures share; 0 shares none. Default 768. */
  readonly cacheMiB?: number;
}

export interface EvaluateData {
  /** Its first batches are used, without augmentation if the scores are to be comparable. */
  readonly calibration: BatchSource;
  readonly heldOut: readonly Batch[];
}

export interface EvaluateHooks {
  /** Called as scores come, not in the order of the architectures. `index` is the place in `architectures`. */
  scored(index: number, score: Score): void | Promise<void>;
  progress(progress: Progress): void;
  readonly signal: AbortSignal;
}

const DEFAULT_CACHE_MIB = 768;
const MIB = 1024 * 1024;
/** Scoring is without batch statistics, so a batch may be split: larger parts take more memory and are hardly faster. */
const IMAGES_PER_PASS = 250;

/**
 * Scores architectures on a trained supernet (nse-algorithm.md, "One round", 3): batch statistics from zero over the
 * calibration batches, then accuracy and loss on the held-out batches. A score depends on neither the order nor the other
 * architectures. Throws INVALID_ARGUMENT for an architecture outside the subsets, ABORTED when the signal fires.
 *
 * @returns the scores in the order of the architectures
 */
export async function evaluateArchitectures(
  input: EvaluateInput,
  data: EvaluateData,
  hooks: EvaluateHooks,
): Promise<Score[]> {
  requireWithinSubsets(input);
  const supernet = supernetOf(input.network, input.pool);
  const weights = decodeWeights(input.weights, placesOf(supernet, input.subsets));
  const batches = await loadBatches(input, data);
  const order = prefixOrder(input.architectures);
  const scorer = new PrefixScorer(supernet, weights, batches, planFor(input, order, batches));
  try {
    return await scoreAll(input.architectures, order, scorer, hooks);
  } finally {
    scorer.dispose();
    for (const images of [...batches.calibration, ...batches.heldOut.map((batch) => batch.images)])
      images.dispose();
    weights.dispose();
  }
}

async function scoreAll(
  architectures: readonly Architecture[],
  order: readonly number[],
  scorer: PrefixScorer,
  hooks: EvaluateHooks,
): Promise<Score[]> {
  const scores: Score[] = [];
  for (const [done, index] of order.entries()) {
    await breathe(hooks.signal);
    const score = scorer.score(architectures[index] ?? []);
    scores[index] = score;
    await hooks.scored(index, score);
    hooks.progress({ step: done + 1, steps: order.length, ...score });
  }
  return scores;
}

function requireWithinSubsets({ architectures, subsets, network }: EvaluateInput): void {
  architectures.forEach((architecture, index) => {
    const fits =
      architecture.length === network.cells.length &&
      architecture.every((set, cell) => set.every((operation) => subsets[cell]?.includes(operation)));
    if (fits) return;
    const message = `${encodeArchitecture(architecture)} is not within the supernet's subsets`;
    throw new NseError('INVALID_ARGUMENT', message, { field: `architectures[${index}]` });
  });
}

async function loadBatches(input: EvaluateInput, data: EvaluateData): Promise<ScoringBatches> {
  const calibration: Tensor[] = [];
  for (let step = 0; step < input.calibrationBatches; step++) {
    calibration.push(imagesOf(await data.calibration.at(step), input.network));
  }
  const heldOut = data.heldOut.flatMap((batch) =>
    slicesOf(batch).map((slice) => ({ images: imagesOf(slice, input.network), labels: slice.labels })),
  );
  return { calibration, heldOut };
}

/** The batch in parts of at most `IMAGES_PER_PASS` images, without a copy. */
function slicesOf({ images, labels, count }: Batch): Batch[] {
  const perImage = images.length / count;
  return Array.from({ length: Math.ceil(count / IMAGES_PER_PASS) }, (_, part) => {
    const from = part * IMAGES_PER_PASS;
    const to = Math.min(from + IMAGES_PER_PASS, count);
    return {
      images: images.subarray(from * perImage, to * perImage),
      labels: labels.subarray(from, to),
      count: to - from,
    };
  });
}

function planFor(
  { network, architectures, cacheMiB = DEFAULT_CACHE_MIB }: EvaluateInput,
  order: readonly number[],
  { calibration, heldOut }: ScoringBatches,
): CachePlan {
  const images = [...calibration, ...heldOut.map((batch) => batch.images)].reduce(
    (sum, batch) => sum + batch.shape[0],
    0,
  );
  const ordered = order.map((index) => architectures[index] ?? []);
  return planCache(network, ordered, images, cacheMiB * MIB);
}
