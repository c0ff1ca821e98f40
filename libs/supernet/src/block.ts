import type { Tensor } from '@nse/tensor';
import type { Gradients, Statistics, Weights } from './weights.js';

/** How batch norm behaves in a forward pass that keeps nothing for a backward pass. */
export type Mode =
  /** Batch statistics; with `moving`, the running ones move towards them (momentum 0.1), else they stay (set B of a fitness step). */
  | { readonly kind: 'batch'; readonly moving: boolean }
  /** Running statistics: those of the weights, or those given (re-estimated ones). */
  | { readonly kind: 'evaluate'; readonly statistics?: ReadonlyMap<string, Tensor> }
  /** Batch statistics, which are also added to `into`: re-estimation from zero. */
  | { readonly kind: 'collect'; readonly into: Statistics };

/**
 * A forward pass that can be taken back once. The caller owns `out` and the input, and keeps the input alive until
 * `backward` or `dispose` was called, exactly one of them; both free what the pass had kept.
 */
export interface Pass {
  /** (batch, height, width, channels), or (batch, classes) after the tail. */
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

/** A weight's place: its name, its shape as the engine keeps it, and how it begins. */
export interface WeightPlace {
  readonly name: string;
  /** Convolutions (height, width, in / groups, out), depthwise (height, width, channels, 1), linear (in, out). */
  readonly shape: readonly number[];
  readonly kind: 'convolution' | 'depthwise' | 'linear' | 'bias' | 'gamma' | 'beta' | 'mean' | 'variance';
}

/** One operation of a cell, the stem or the tail: its weights by name, and forward and backward passes over them. */
export interface Block {
  readonly places: readonly WeightPlace[];
  /** With batch statistics; running ones move unless `moving` is false. */
  train(x: Tensor, weights: Weights, options?: { readonly moving?: boolean }): Pass;
  /** Forward only; the caller owns the result. */
  run(x: Tensor, weights: Weights, mode: Mode): Tensor;
}
