import { NseError, type Random, standardNormal } from '@nse/space';
import { type AlphaSettings, softmax } from '@nse/strategies';

/** All that a checkpoint must hold of the alphas; JSON keeps doubles exactly. */
export interface AlphasState {
  readonly step: number;
  readonly alphas: readonly (readonly number[])[];
  readonly first: readonly (readonly number[])[];
  readonly second: readonly (readonly number[])[];
}

const EPSILON = 1e-8;
/** DARTS and ProxylessNAS both begin with normal numbers of this deviation (their authors' code). */
const INITIAL_DEVIATION = 1e-3;

/**
 * Architecture parameters, one per cell and option, and their Adam. A cell's probabilities are the softmax of its row.
 */
export class Alphas {
  private step = 0;
  private readonly alphas: Float64Array[];
  private readonly first: Float64Array[];
  private readonly second: Float64Array[];

  private constructor(
    rows: readonly (readonly number[])[],
    private readonly settings: AlphaSettings,
  ) {
    this.alphas = rows.map((row) => Float64Array.from(row));
    this.first = rows.map((row) => new Float64Array(row.length));
    this.second = rows.map((row) => new Float64Array(row.length));
  }

  /** @param sizes per cell, how many options it has */
  static fresh(sizes: readonly number[], settings: AlphaSettings, random: Random): Alphas {
    const rows = sizes.map((size) =>
      Array.from({ length: size }, () => INITIAL_DEVIATION * standardNormal(random)),
    );
    return new Alphas(rows, settings);
  }

  static from(state: AlphasState, settings: AlphaSettings): Alphas {
    const restored = new Alphas(state.alphas, settings);
    restored.step = state.step;
    state.first.forEach((row, cell) => restored.first[cell]?.set(row));
    state.second.forEach((row, cell) => restored.second[cell]?.set(row));
    return restored;
  }

  state(): AlphasState {
    const rows = (table: readonly Float64Array[]): number[][] => table.map((row) => [...row]);
    return {
      step: this.step,
      alphas: rows(this.alphas),
      first: rows(this.first),
      second: rows(this.second),
    };
  }

  rows(): number[][] {
    return this.alphas.map((row) => [...row]);
  }

  /** Per cell, the softmax of its row. */
  probabilities(): number[][] {
    return this.alphas.map((row) => softmax(row));
  }

  /**
   * One step of Adam with bias correction; gradients are by cell and option. Throws FAILED_PRECONDITION for one that is no
   * finite number: the training has diverged, and nothing that it would still find means anything.
   */
  apply(gradients: readonly (readonly number[])[]): void {
    const diverged = gradients.findIndex((row) => !row.every(Number.isFinite));
    if (diverged >= 0) {
      const message = `the architecture parameters of cell ${diverged} have no finite gradient: the training diverged`;
      throw new NseError('FAILED_PRECONDITION', message);
    }
    const { beta1, beta2 } = this.settings;
    this.step += 1;
    const rate = this.settings.learningRate / (1 - beta1 ** this.step);
    const correction = 1 - beta2 ** this.step;
    this.alphas.forEach((row, cell) => {
      for (let option = 0; option < row.length; option++) {
        const alpha = row[option] ?? 0;
        const gradient = (gradients[cell]?.[option] ?? 0) + this.settings.decay * alpha;
        const first = this.mixed(this.first[cell], option, beta1, gradient);
        const second = this.mixed(this.second[cell], option, beta2, gradient * gradient);
        row[option] = alpha - (rate * first) / (Math.sqrt(second / correction) + EPSILON);
      }
    });
  }

  /**
   * Moves these options of a cell by one amount, so that together they are as probable as they were with the alphas given:
   * the others' probabilities are then what they were, too.
   */
  keepMass(cell: number, options: readonly number[], before: readonly number[]): void {
    const row = this.alphas[cell];
    if (row === undefined) return;
    const now = options.map((option) => row[option] ?? 0);
    const offset = logSumOfExp(now) - logSumOfExp(before);
    for (const option of options) row[option] = (row[option] ?? 0) - offset;
  }

  private mixed(moments: Float64Array | undefined, option: number, beta: number, value: number): number {
    const moment = beta * (moments?.[option] ?? 0) + (1 - beta) * value;
    if (moments !== undefined) moments[option] = moment;
    return moment;
  }
}

/** The gradient in the logits, given that in the probabilities: p * (slope - mean slope). */
export function throughSoftmax(probabilities: readonly number[], slopes: readonly number[]): number[] {
  const mean = probabilities.reduce((sum, p, option) => sum + p * (slopes[option] ?? 0), 0);
  return probabilities.map((p, option) => p * ((slopes[option] ?? 0) - mean));
}

function logSumOfExp(values: readonly number[]): number {
  const highest = Math.max(...values);
  return highest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - highest), 0));
}
