import type { SearchSpec } from '@nse/spec';
import type { Candidate } from './draw.js';

/** Chunks for each worker: enough that all end at about the same time, few enough that neighbours share prefixes. */
const CHUNKS_A_WORKER = 4;

/** How many of so many candidates make a chunk. */
export const chunkSize = (candidates: number, { evaluate }: SearchSpec): number =>
  Math.max(1, Math.ceil(candidates / (evaluate.workers * CHUNKS_A_WORKER)));

/** What a chunk is made of. */
export type Scorable = Pick<Candidate, 'architecture' | 'code'>;

/** Architectures that one worker scores in one go. `index` is the place in the list of candidates. */
export interface Chunk {
  readonly items: readonly { readonly index: number; readonly code: string }[];
}

/**
 * The candidates in chunks of neighbours: sorted cell by cell, so that those of a chunk share prefixes, whose cells are then
 * computed once. A worker that dies loses one chunk. Equal codes (a front's architecture that was drawn again) go together.
 */
export function chunksOf(candidates: readonly Scorable[], size: number): Chunk[] {
  const order = candidates
    .map((candidate, index) => ({ index, code: candidate.code, architecture: candidate.architecture }))
    .sort((a, b) => compare(a.architecture, b.architecture) || a.index - b.index)
    .map(({ index, code }) => ({ index, code }));
  return Array.from({ length: Math.ceil(order.length / size) }, (_, chunk) => ({
    items: order.slice(chunk * size, (chunk + 1) * size),
  }));
}

function compare(a: Scorable['architecture'], b: Scorable['architecture']): number {
  for (let cell = 0; cell < Math.max(a.length, b.length); cell++) {
    const [left, right] = [a[cell] ?? [], b[cell] ?? []];
    for (let place = 0; place < Math.max(left.length, right.length); place++) {
      const difference = (left[place] ?? -1) - (right[place] ?? -1);
      if (difference !== 0) return difference;
    }
  }
  return 0;
}
