/** Mean and deviation per channel of pixels scaled to 0..1. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** Per data set, over its training images; for folders the usual figures of ImageNet. */
export const normalisations = {
  'fashion-mnist': { mean: [0.2862], deviation: [0.353] },
  mnist: { mean: [0.1307], deviation: [0.3081] },
  cifar10: { mean: [0.4914, 0.4822, 0.4465], deviation: [0.247, 0.2435, 0.2616] },
  folder: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
} as const satisfies Readonly<Record<string, Normalisation>>;

/** Normalised value of each byte, per channel: (256, channels) flattened. */
export function normalisationTable({ mean, deviation }: Normalisation): Float32Array {
  const channels = mean.length;
  return Float32Array.from({ length: 256 * channels }, (_, entry) => {
    const channel = entry % channels;
    const byte = Math.floor(entry / channels);
    return (byte / 255 - (mean[channel] ?? 0)) / (deviation[channel] ?? 1);
  });
}
