/** A sample in three numbers: half of it lies between the quartiles. */
export interface Spread {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

/** Median and quartiles (linear between neighbours). Throws RangeError for an empty sample. */
export function spreadOf(sample: readonly number[]): Spread {
  if (sample.length === 0) throw new RangeError('no spread of an empty sample');
  const sorted = [...sample].sort((a, b) => a - b);
  const quantile = (share: number): number => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)] ?? Number.NaN;
    const above = sorted[Math.ceil(place)] ?? Number.NaN;
    return below + (above - below) * (place - Math.floor(place));
  };
  return { lower: quantile(0.25), median: quantile(0.5), upper: quantile(0.75) };
}

/** other / own, pair by pair: both of a pair were measured one right after the other. Above 1 means that own is faster. */
export function ratios(own: readonly number[], other: readonly number[]): number[] {
  return own.flatMap((seconds, repeat) => {
    const beside = other[repeat];
    return beside === undefined ? [] : [beside / seconds];
  });
}
