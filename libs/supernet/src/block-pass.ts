import type { Tensor } from '@nse/tensor';

import type { Gradients } from './gradients.js';
import type { Statistics } from './statistics.js';
import type { WeightPlace } from './weight-place.js';
import type { Weights } from './weights.js';

/** How batch norm behaves in a forward pass that keeps nothing for a backward pass. */
export type Mode =
  /** Batch statistics; running ones move towards them if `moving`, else stay (set B of a fitness step). */
  | { readonly kind: 'batch'; readonly moving: boolean }
  /** Running statistics: those of the weights, or those given (re-estimated ones), by name. */
  | { readonly kind: 'evaluate'; readonly statistics?: ReadonlyMap<string, Tensor> }
  /** Batch statistics, which are also added to `into`: re-estimation from zero. */
  | { readonly kind: 'collect'; readonly into: Statistics };

/**
 * A forward pass that can be taken back once. The pass keeps what it needs, so that the caller may dispose of the input
 * and of `out` as it likes. Exactly one of the three methods must be called; it frees what was kept.
 */
export interface Pass {
  /** (batch, height, width, channels), or (batch, classes) after the tail. The caller owns it. */
  readonly out: Tensor;
  /**
   * Returns the gradient of the input, which the caller owns; `dOut` stays the caller's. Weight gradients go to
   * `gradients`; without it the weights are taken as constants and their gradients are not computed.
   */
  backward(dOut: Tensor, gradients?: Gradients): Tensor;
  /** As `backward` where the input is the image: only weight gradients. */
  backwardFirst(dOut: Tensor, gradients: Gradients): void;
  dispose(): void;
}

/**
 * A piece of the network: an operation of a cell, the stem, the tail, or a layer of one of them. It holds no numbers:
 * weights are looked up by name. Forward and backward passes are written out, as there is no tape: intermediate tensors
 * are freed as early as can be.
 */
export interface Block {
  readonly places: readonly WeightPlace[];
  /** With batch statistics; the running ones move unless `moving` is false. */
  train(x: Tensor, weights: Weights, options?: { readonly moving?: boolean }): Pass;
  /** Forward only. The caller owns the result; x stays the caller's. */
  run(x: Tensor, weights: Weights, mode: Mode): Tensor;
}
