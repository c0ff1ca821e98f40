import type { NetworkInput } from '@nse/export';
import { type Activation, macroNetwork, poolNamed } from '@nse/space';

/**
 * Cells of all three kinds after a stem of stride 1, on images of that size: an even and an odd one meet stride 2 at
 * both kinds of size.
 */
export function networkOf(imageSize: number): NetworkInput['network'] {
  return macroNetwork({
    plan: 'NER',
    depths: [1, 0, 1, 0, 0, 0],
    widths: [8, 8, 12, 16, 16, 24, 24],
    scale: 1,
    stemStride: 1,
    imageSize,
    imageChannels: 3,
    classes: 5,
    tailChannels: 20,
  });
}

/** As many architectures as the pool has operations, two in each cell: every cell has each of them at least once. */
export function allOperations(
  pool: string,
  network: NetworkInput['network'],
  options: { readonly activation?: Activation; readonly squeezeExcitation?: boolean } = {},
): NetworkInput[] {
  const { activation = 'relu', squeezeExcitation = false } = options;
  const { name, operations } = poolNamed(pool);
  const asRetrained = operations.map((operation) => ({ ...operation, activation, squeezeExcitation }));
  const count = operations.length;
  return operations.map((_, first) => ({
    network,
    pool: { name, operations: asRetrained },
    architecture: network.cells.map(({ index }) => {
      const one = (first + index) % count;
      return [one, (one + 1 + (first % (count - 1))) % count];
    }),
    activation,
  }));
}

/** All operations of the pools, in even and odd sizes, with and without what retraining may add. */
export const everyOperation: readonly (readonly [what: string, inputs: readonly NetworkInput[]])[] = [
  ['mac72 at 28 px', allOperations('mac72', networkOf(28))],
  ['mac27 at 27 px', allOperations('mac27', networkOf(27))],
  ['gpu19 at 27 px', allOperations('gpu19', networkOf(27))],
  ...(['relu', 'swish'] as const).map(
    (activation) =>
      [
        `mac27 with squeeze-excitation and ${activation}`,
        allOperations('mac27', networkOf(27), { activation, squeezeExcitation: true }),
      ] as const,
  ),
  ['gpu19 with swish', allOperations('gpu19', networkOf(28), { activation: 'swish' })],
];
