import type { ConvNode, MapShape } from './graph.js';
import type { Padding } from './tflite-model.js';

/** How a convolution's padding is said; `pad`: zeros around (batch, height, width, channels) that come before it. */
export interface Window {
  readonly padding: Padding;
  readonly pad?: readonly (readonly [number, number])[];
}

/**
 * Ours is the same on both sides. SAME puts the odd zero of an even sum behind, so with stride 2 the two agree on odd sizes
 * only; else the zeros are put around the map first, which runtimes join to the convolution.
 */
export function windowOf(node: ConvNode, [, height, width]: MapShape): Window {
  const axes = [height, width].map((size, axis) => axisOf(node, size, axis === 0 ? 0 : 1));
  if (axes.every(({ before, same }) => before === same)) return { padding: 'SAME' };
  const pads = axes.map(({ before, after }) => [before, after] as const);
  return { padding: 'VALID', pad: [[0, 0], ...pads, [0, 0]] };
}

/** Zeros before and after an axis as far as they are seen, and those before it with SAME. */
function axisOf({ kernel, stride, padding, dilation }: ConvNode, size: number, axis: 0 | 1) {
  const reach = dilation * (kernel[axis] - 1) + 1;
  const seen = (outputs: number) => (outputs - 1) * stride[axis] + reach;
  const before = padding[axis];
  const outputs = Math.floor((size + 2 * before - reach) / stride[axis]) + 1;
  const after = Math.max(0, seen(outputs) - size - before);
  const sameOutputs = Math.ceil(size / stride[axis]);
  const same = outputs === sameOutputs ? Math.floor(Math.max(0, seen(sameOutputs) - size) / 2) : -1;
  return { before, after, same };
}
