/** A weight's place in the network: its name, its shape as the engine keeps it, and what it is. */
export interface WeightPlace {
  /** As in the weights' files: `cells.3.ops.7.expand.conv.weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: WeightKind;
  /** Inputs of the linear layer that a bias belongs to; sets how the bias begins. */
  readonly fanIn?: number;
}

/**
 * `convolution` (height, width, in / groups, out), `depthwise` (height, width, channels, 1), `pointwise` and `linear`
 * (in, out), the rest (channels).
 */
export type WeightKind =
  'convolution' | 'depthwise' | 'pointwise' | 'linear' | 'bias' | 'gamma' | 'beta' | 'mean' | 'variance';

/** Running statistics are carried, not trained. */
export function isTrained(kind: WeightKind): boolean {
  return kind !== 'mean' && kind !== 'variance';
}

/** Weight decay pulls at weights only, not at biases and batch norm (golden data, `lr.json`). */
export function isDecayed(kind: WeightKind): boolean {
  return kind === 'convolution' || kind === 'depthwise' || kind === 'pointwise' || kind === 'linear';
}
