import type { Tensor } from '@tensorflow/tfjs-core';

import { dispose, meanOver, scale } from './arithmetic.js';
import { reshape } from './arrange.js';
import { FLOAT, INT32, kernel } from './kernel.js';
import { constantIntegers } from './tensor.js';

const BROADCAST = { T: FLOAT, Tidx: INT32 };

/** (batch, height, width, channels) to (batch, channels). The caller owns the result. */
export function globalAverage(x: Tensor): Tensor {
  return meanOver(x, [1, 2]);
}

/** The gradient of x, of the given shape. */
export function globalAverageGradient(dOut: Tensor, shape: readonly number[]): Tensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = shape;
  const spread = reshape(dOut, [batch, 1, 1, channels]);
  const share = scale(spread, 1 / (height * width));
  const dX = kernel('BroadcastTo', BROADCAST, [share, constantIntegers(shape)]);
  dispose(spread, share);
  return dX;
}
