import type { CellSets } from '@nse/space';

/** Adam as the fitness uses it: no first moment, no weight decay. (ref) 0.005 and 0.999. */
export interface AdamSettings {
  readonly learningRate: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** All that a checkpoint must hold of the logits; JSON keeps doubles exactly. */
export interface LogitsState {
  readonly step: number;
  readonly logits: readonly (readonly number[])[];
  readonly secondMoments: readonly (readonly number[])[];
}

/**
 * The fitness logits of a round, one per cell and pool index, and their optimiser.
 *
 * Adam runs over one [cells, pool] table, as the reference does: the step count is shared, and the second moments of
 * logits that got no gradient decay too, while the logits themselves stay (beta1 is 0).
 */
export class Logits {
  private step = 0;
  private readonly logits: Float64Array[];
  private readonly secondMoments: Float64Array[];

  constructor(
    cells: number,
    poolSize: number,
    private readonly adam: AdamSettings,
  ) {
    this.logits = Array.from({ length: cells }, () => new Float64Array(poolSize));
    this.secondMoments = Array.from({ length: cells }, () => new Float64Array(poolSize));
  }

  static from(state: LogitsState, adam: AdamSettings): Logits {
    const restored = new Logits(state.logits.length, state.logits[0]?.length ?? 0, adam);
    restored.step = state.step;
    state.logits.forEach((row, cell) => restored.logits[cell]?.set(row));
    state.secondMoments.forEach((row, cell) => restored.secondMoments[cell]?.set(row));
    return restored;
  }

  state(): LogitsState {
    const rows = (table: readonly Float64Array[]): number[][] => table.map((row) => [...row]);
    return { step: this.step, logits: rows(this.logits), secondMoments: rows(this.secondMoments) };
  }

  of(cell: number, operation: number): number {
    return this.logits[cell]?.[operation] ?? 0;
  }

  /** Per cell, the logits of its operations, in the order given. */
  ofSubsets(subsets: CellSets): number[][] {
    return subsets.map((subset, cell) => subset.map((operation) => this.of(cell, operation)));
  }

  /** One Adam step with bias correction. Entries without a gradient only have their second moment decay. */
  apply(gradients: readonly ReadonlyMap<number, number>[]): void {
    const { learningRate, beta2, epsilon } = this.adam;
    this.step += 1;
    const correction = 1 - beta2 ** this.step;
    this.logits.forEach((row, cell) => {
      const moments = this.secondMoments[cell] ?? new Float64Array(row.length);
      for (let index = 0; index < row.length; index++) {
        const gradient = gradients[cell]?.get(index) ?? 0;
        const moment = beta2 * (moments[index] ?? 0) + (1 - beta2) * gradient * gradient;
        moments[index] = moment;
        if (gradient === 0) continue;
        row[index] =
          (row[index] ?? 0) - (learningRate * gradient) / (Math.sqrt(moment / correction) + epsilon);
      }
    });
  }
}
