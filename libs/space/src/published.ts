import type { NetworkSpec } from './network.js';
import type { POOLS } from './pool.js';

/** A network of the paper: what it was searched in, what was found, what it costs at 224 px. */
export interface PublishedNetwork {
  readonly pool: keyof typeof POOLS;
  readonly network: NetworkSpec;
  readonly code: string;
  readonly macs: number;
}

const imageNet = {
  stemStride: 2,
  imageSize: 224,
  imageChannels: 3,
  classes: 1000,
  tailChannels: 1024,
} as const;
const ner = { ...imageNet, plan: 'NER', widths: [16, 24, 40, 80, 96, 192, 320] } as const;

/**
 * The paper's networks with their published codes (algorithm page, "Cost model"): known answers, and macro
 * networks to search in.
 */
export const PUBLISHED: Readonly<Record<'NSENet-27' | 'NSENet' | 'NSENet-GPU', PublishedNetwork>> = {
  'NSENet-27': {
    pool: 'mac27',
    network: { ...ner, depths: [1, 2, 2, 2, 2, 3], scale: 1.04 },
    code: '[0] [6] [3] [0] [16] [3] [9] [11,17] [9,2] [12] [1,6] [9,12] [9] [17,14] [21] [3] [13] [19,3,14]',
    macs: 326_326_224,
  },
  NSENet: {
    pool: 'mac72',
    network: { ...ner, depths: [1, 1, 2, 3, 2, 3], scale: 1.045 },
    code:
      '[0] [34] [3] [52] [35] [38] [17,11,49] [41] [35] [12] [1,10,6] [9] [0,9] [35,52,61] [10,32] [3,57] [13] ' +
      '[3,19,44]',
    macs: 330_954_568,
  },
  'NSENet-GPU': {
    pool: 'gpu19',
    network: { ...imageNet, plan: 'NR', depths: [0, 1, 3, 4, 2], widths: [16, 32, 64, 128, 256], scale: 1 },
    code: '[15] [11] [1,17] [16,1] [11] [11] [2,7] [3] [1,6] [11] [11,6] [8,2] [0,1,8,11] [2,6,8,12,14]',
    macs: 1_471_131_648,
  },
};
