import type { Architecture, MacroNetwork } from '@nse/space';
import { commonPrefix } from './prefix.js';

/** Which activations of an evaluation are kept between architectures. */
export interface CachePlan {
  /** Cells whose input is kept for all images, ascending: where an architecture can set in. */
  readonly inputs: readonly number[];
  /** Cells of which each operation's output is kept for all images. */
  readonly branches: ReadonlySet<number>;
}

const FLOAT_BYTES = 4;

/**
 * What to keep within a memory limit. First the cells' inputs, from the last cell back: late ones are small and save the
 * most when only the end of two architectures differs. Then outputs of single operations, where they save most for
 * their size: architectures with the same first cells often share operations of the next cell too.
 *
 * @param ordered architectures in prefix order
 * @param images number of images over all batches, calibration and held-out
 */
export function planCache(
  network: MacroNetwork,
  ordered: readonly Architecture[],
  images: number,
  limitBytes: number,
): CachePlan {
  let left = limitBytes;
  const take = (bytes: number): boolean => {
    if (bytes > left) return false;
    left -= bytes;
    return true;
  };
  const inputs: number[] = [];
  for (const { index, inChannels, sizeIn } of [...network.cells].reverse()) {
    if (!take(images * sizeIn * sizeIn * inChannels * FLOAT_BYTES)) break;
    inputs.unshift(index);
  }
  const branches = new Set<number>();
  const savings = branchSavings(ordered, network.cells.length).filter(
    ({ cell, saved }) => saved > 0 && inputs.includes(cell),
  );
  for (const { cell, most } of savings.sort((a, b) => b.saved / b.most - a.saved / a.most)) {
    const { outChannels = 0, sizeOut = 0 } = network.cells[cell] ?? {};
    if (take(most * images * sizeOut * sizeOut * outChannels * FLOAT_BYTES)) branches.add(cell);
  }
  return { inputs, branches };
}

interface BranchSaving {
  readonly cell: number;
  /** Operations that would be computed again for the same input. */
  readonly saved: number;
  /** Most different operations of this cell for one input. */
  readonly most: number;
}

/** What keeping operations' outputs saves in each cell, when cells' inputs are kept anyway. */
function branchSavings(ordered: readonly Architecture[], cells: number): BranchSaving[] {
  return Array.from({ length: cells }, (_, cell) => {
    let saved = 0;
    let most = 0;
    let seen = new Set<number>();
    for (const [position, architecture] of ordered.entries()) {
      const shared = commonPrefix(ordered[position - 1] ?? [], architecture);
      if (shared > cell) continue;
      if (position === 0 || shared < cell) seen = new Set();
      const set = architecture[cell] ?? [];
      saved += set.filter((operation) => seen.has(operation)).length;
      for (const operation of set) seen.add(operation);
      most = Math.max(most, seen.size);
    }
    return { cell, saved, most };
  });
}
