import type { NetworkInput } from '@nse/export';
import { type Activation, decodeArchitecture, macroNetwork, poolNamed } from '@nse/space';

/** A network of six cells, the second and the fourth with the identity, on 28 x 28 images of one channel. */
export const smallSpec = {
  plan: 'NR',
  depths: [0, 1, 1, 0, 0],
  widths: [8, 8, 16, 24, 32],
  scale: 1,
  stemStride: 2,
  imageSize: 28,
  imageChannels: 1,
  classes: 10,
  tailChannels: 64,
} as const;

export const small = macroNetwork(smallSpec);

/** Cells by `.`, as in codes. */
export function inputOf(
  pool: string,
  code: string,
  { activation = 'relu', squeezeExcitation = false, network = small }: InputOptions = {},
): NetworkInput {
  const { name, operations } = poolNamed(pool);
  const asRetrained = operations.map((operation) => ({ ...operation, activation, squeezeExcitation }));
  return {
    network,
    pool: { name, operations: asRetrained },
    architecture: decodeArchitecture(code, network, poolNamed(pool)),
    activation,
  };
}

interface InputOptions {
  readonly activation?: Activation;
  readonly squeezeExcitation?: boolean;
  readonly network?: NetworkInput['network'];
}

/** Every kind of operation and cell: stride 2, dilation, groups, rectangles, several branches, none. */
export const cases: readonly (readonly [what: string, input: NetworkInput])[] = [
  ['one branch a cell, and an empty cell', inputOf('mac27', '1.-.4.8.15.20')],
  [
    'branches of every size, dilated, beside the identity',
    inputOf('mac27', '0,9.1,2,5.21.7,12,17,26.3,18.23'),
  ],
  ['grouped convolutions', inputOf('mac72', '27,1.28,29.36.40,44.27,30.71')],
  ['plain and double convolutions and rectangles', inputOf('gpu19', '9,12.10,11,13.14,0.18,15.12.9')],
  [
    'squeeze-excitation and Swish',
    inputOf('mac27', '1,9,22.-.4,21.7,12.15.20,3', { activation: 'swish', squeezeExcitation: true }),
  ],
];
