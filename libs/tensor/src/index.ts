export type { Tensor } from '@tensorflow/tfjs-core';
