import { NseError } from '@nse/space';

/** Largest difference of two losses, relative to the loss, at which they count as the same computation. */
export const TOLERANCE = 1e-4;

/** Losses of the same steps from the same weights, by contestant. */
export type Losses = ReadonlyMap<string, readonly number[]>;

/**
 * The largest relative difference between two contestants' losses. Throws FAILED_PRECONDITION above `TOLERANCE`: times of
 * different computations are not to be compared.
 */
export function agreement(what: string, losses: Losses): number {
  const [reference, ...others] = losses;
  if (reference === undefined) return 0;
  const [referenceName, expected] = reference;
  const worst = others.map(([name, found]) => {
    const gaps = expected.map(
      (loss, step) => Math.abs((found[step] ?? Number.NaN) - loss) / Math.max(1, Math.abs(loss)),
    );
    const gap = Math.max(...gaps);
    if (gap <= TOLERANCE) return gap;
    const lists = `${referenceName} ${expected.join(', ')}; ${name} ${found.join(', ')}`;
    throw new NseError('FAILED_PRECONDITION', `${what}: losses differ, so times mean nothing: ${lists}`);
  });
  return Math.max(0, ...worst);
}
