import { type Architecture } from '@nse/space';

/**
 * The order in which architectures share most: sorted cell by cell, so that those with equal first cells are neighbours.
 *
 * @returns positions in `architectures`; equal architectures keep their order
 */
export function prefixOrder(architectures: readonly Architecture[]): number[] {
  return architectures
    .map((architecture, index) => ({ architecture, index }))
    .sort(
      (left, right) =>
        compareArchitectures(left.architecture, right.architecture) || left.index - right.index,
    )
    .map(({ index }) => index);
}

/** How many first cells the two have in common. */
export function commonPrefix(left: Architecture, right: Architecture): number {
  const differs = left.findIndex((set, cell) => compareSets(set, right[cell] ?? []) !== 0);
  return differs === -1 ? left.length : differs;
}

function compareArchitectures(left: Architecture, right: Architecture): number {
  const cell = commonPrefix(left, right);
  return compareSets(left[cell] ?? [], right[cell] ?? []);
}

function compareSets(left: readonly number[], right: readonly number[]): number {
  const differs = left.findIndex((operation, position) => operation !== right[position]);
  if (differs === -1) return left.length - right.length;
  return (left[differs] ?? 0) - (right[differs] ?? Number.NEGATIVE_INFINITY);
}
