import { NseError } from '@nse/space';

/** The item whose turn it is when they are taken round and round. Throws INTERNAL for an empty list. */
export function turn<T>(items: readonly T[], step: number): T {
  const item = items[step % items.length];
  if (item === undefined) throw new NseError('INTERNAL', 'nothing to take turns with');
  return item;
}
