import type { Pair } from '@nse/space';

/** Names a value of a graph: the input, or what a node gives. */
export type ValueName = string;

/** (channels, height, width) of one image's map; (channels, 1, 1) after pooling and after a linear layer. */
export type MapShape = readonly [number, number, number];

interface NodeBase {
  readonly name: string;
  readonly output: ValueName;
}

/** A convolution with bias, batch norm folded in. Depthwise where groups = inChannels. */
export interface ConvNode extends NodeBase {
  readonly kind: 'conv';
  readonly input: ValueName;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: Pair;
  readonly stride: Pair;
  /** On both sides. */
  readonly padding: Pair;
  readonly dilation: number;
  readonly groups: number;
  readonly relu: boolean;
  /** (out, in / groups, height, width) */
  readonly weight: Float32Array;
  /** (out) */
  readonly bias: Float32Array;
}

/** (out, in) weights on a map of one point. */
export interface LinearNode extends NodeBase {
  readonly kind: 'linear';
  readonly input: ValueName;
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

export interface AddNode extends NodeBase {
  readonly kind: 'add';
  readonly inputs: readonly [ValueName, ValueName];
}

/** Element by element; the second may be (channels, 1, 1) and then scales whole channels. */
export interface MultiplyNode extends NodeBase {
  readonly kind: 'multiply';
  readonly inputs: readonly [ValueName, ValueName];
}

export interface SigmoidNode extends NodeBase {
  readonly kind: 'sigmoid';
  readonly input: ValueName;
}

export interface GlobalAveragePoolNode extends NodeBase {
  readonly kind: 'globalAveragePool';
  readonly input: ValueName;
}

export type GraphNode = ConvNode | LinearNode | AddNode | MultiplyNode | SigmoidNode | GlobalAveragePoolNode;

/**
 * A network as deployed: nodes in an order in which they can run. Every writer of a format starts from it. The mean over a
 * cell's branches is folded into the convolutions' weights, so a cell is additions alone.
 */
export interface Graph {
  /** Images of the shape, normalised. */
  readonly input: { readonly name: ValueName; readonly shape: MapShape };
  readonly output: ValueName;
  readonly nodes: readonly GraphNode[];
  readonly shapes: ReadonlyMap<ValueName, MapShape>;
}
