import { type BranchPair, type Cost, onChance } from '@nse/space';
import { type PairChances, pairChances } from '@nse/supernet';
import type { StoredTensor } from '@nse/safetensors';

/** A cell of a recorded fitness step. Costs are in millions of MACs, or in ms. */
export interface CellStep {
  readonly subset: readonly number[];
  readonly logits: readonly number[];
  readonly A: readonly number[];
  readonly B: readonly number[];
  readonly choice: boolean;
  readonly p?: readonly number[];
  readonly pA?: number;
  readonly pB?: number;
  readonly macs_A_m: number;
  readonly macs_B_m: number;
  readonly latency_A?: number;
  readonly latency_B?: number;
}

export const MILLION = 1e6;

export const pairsOf = (cells: readonly CellStep[]): BranchPair[] =>
  cells.map(({ A, B, choice }) => ({ a: A, b: B, choice }));

export const chancesOf = (cells: readonly CellStep[]): PairChances[] =>
  cells.map(({ subset, logits, A, B, choice }) =>
    pairChances({ a: A, b: B, choice }, (operation) => logits[subset.indexOf(operation)] ?? NaN),
  );

/** Recorded in single precision, and summed in it. */
export function expectNear(found: number, expected = NaN): void {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-6 * Math.abs(expected));
}

/** Chances near 1 lose what 1 - p is worth in single precision: only absolute differences count. */
function expectChance(found: number, expected = NaN): void {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-6);
}

export function expectChances(cells: readonly CellStep[]): void {
  for (const [cell, { pA, pB }] of chancesOf(cells).entries()) {
    const recorded = cells[cell];
    if (recorded?.choice !== true) continue;
    for (const [place, p] of (recorded.p ?? []).entries())
      expectChance(onChance(recorded.logits[place] ?? NaN), p);
    expectChance(pA, recorded.pA);
    expectChance(pB, recorded.pB);
  }
}

export function expectCosts(cost: Cost, cells: readonly CellStep[]): void {
  for (const [index, cell] of cells.entries()) {
    const [inA, inB] =
      cost.unit === 'ms'
        ? [cell.latency_A, cell.latency_B]
        : [cell.macs_A_m * MILLION, cell.macs_B_m * MILLION];
    expectNear(cost.of(index, cell.A), inA);
    expectNear(cost.of(index, cell.B), inB);
  }
}

/** Gradients as one [cells, pool] table, as they are stored. */
export function tableOf(
  gradients: readonly ReadonlyMap<number, number>[],
  { shape, data }: StoredTensor,
): Float32Array {
  const [, pool = 1] = shape;
  return Float32Array.from(data, (_, at) => gradients[Math.floor(at / pool)]?.get(at % pool) ?? 0);
}

/** Row by row, the stored [cells, pool] table. */
export function rowsOf({ shape, data }: StoredTensor): number[][] {
  const [cells = 0, pool = 0] = shape;
  return Array.from({ length: cells }, (_, cell) => [...data.subarray(cell * pool, (cell + 1) * pool)]);
}
