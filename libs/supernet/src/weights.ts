import type { Tensor } from '@nse/tensor';
import type { Random } from '@nse/space';
import type { WeightPlace } from './block.js';

/** All weights and running statistics of a network, by name (docs/code.md; `cells.3.ops.7.expand.conv.weight`). Owns its tensors. */
export declare class Weights {
  /** Fresh weights for these places; names that are held already begin anew. Throws nothing. */
  initialise(places: readonly WeightPlace[], random: Random): void;
  get(name: string): Tensor;
  has(name: string): boolean;
  names(): string[];
  /** Takes the tensor over and frees the one it replaces. */
  set(name: string, value: Tensor): void;
  delete(name: string): void;
  dispose(): void;
}

/** Gradients of one backward pass, by weight name. Owns its tensors. */
export declare class Gradients {
  add(name: string, value: Tensor): void;
  get(name: string): Tensor | undefined;
  names(): string[];
  dispose(): void;
}

/** Sums of batch statistics for re-estimation: from zero, averaged over the batches. Owns its tensors. */
export declare class Statistics {
  add(name: string, mean: Tensor, variance: Tensor): void;
  /** `<part>.bn.mean` and `<part>.bn.variance` to the averages. */
  averages(): Map<string, Tensor>;
  dispose(): void;
}
