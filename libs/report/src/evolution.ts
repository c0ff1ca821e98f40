import type { RoundReport } from './report.js';

/** What became of one operation in one cell, as of the end of a round. */
export type Fate =
  /** Still on the pending list. */
  | 'untried'
  /** In an earlier round's supernet, and left since. */
  | 'left'
  /** In this round's supernet, and on the front after it. */
  | 'kept'
  /** In this round's supernet, and on no architecture of the front. */
  | 'dropped'
  /** Left this round's supernet while it was trained. */
  | 'pruned';

/** Fates in the order in which legends show them. */
export const FATES: readonly Fate[] = ['untried', 'left', 'pruned', 'dropped', 'kept'];

export interface CellFate {
  readonly fate: Fate;
  /** Tried for the first time in this round. */
  readonly fresh: boolean;
}

/**
 * The space after a round: per cell, the fate of each operation of the pool.
 * `rounds` are those up to and with the one asked for.
 */
export function spaceAfter(rounds: readonly RoundReport[], poolSize: number): CellFate[][] {
  const last = rounds.at(-1);
  if (last === undefined) return [];
  return last.space.subsets.map((_, cell) => {
    const seen = new Set(rounds.flatMap((round) => round.space.subsets[cell] ?? []));
    const holds = (sets: readonly (readonly number[])[], operation: number) =>
      sets[cell]?.includes(operation) ?? false;
    const fateOf = (operation: number): Fate => {
      if (holds(last.space.kept, operation)) return 'kept';
      if (holds(last.space.pruned, operation)) return 'pruned';
      if (holds(last.space.subsets, operation)) return 'dropped';
      return seen.has(operation) ? 'left' : 'untried';
    };
    return Array.from({ length: poolSize }, (_, operation) => ({
      fate: fateOf(operation),
      fresh: holds(last.space.tried, operation),
    }));
  });
}

/** How many operations, over all cells, a round tried, kept, dropped and pruned. */
export function spaceCounts(round: RoundReport): Record<'tried' | 'kept' | 'dropped' | 'pruned', number> {
  const count = (sets: readonly (readonly number[])[]) => sets.reduce((sum, set) => sum + set.length, 0);
  const { tried, kept, dropped, pruned } = round.space;
  return { tried: count(tried), kept: count(kept), dropped: count(dropped), pruned: count(pruned) };
}

/** The codes on a round's front that the front before it held too. */
export function inherited(rounds: readonly RoundReport[], index: number): Set<string> {
  const before = new Set(rounds[index - 1]?.front.map((point) => point.code));
  return new Set(rounds[index]?.front.map((point) => point.code).filter((code) => before.has(code)));
}
