import { add, dispose, scale, type Tensor } from '@nse/tensor';

interface Sums {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly batches: number;
}

/**
 * Batch-norm statistics re-estimated from zero: the plain average of the batches' means and unbiased variances, so that a
 * score does not depend on what was evaluated before (algorithm page, decision 5). Owns its tensors.
 */
export class Statistics {
  readonly #sums = new Map<string, Sums>();

  /** Takes both tensors over. `name` is the batch norm's: `cells.3.ops.7.expand.bn`. */
  add(name: string, mean: Tensor, variance: Tensor): void {
    const held = this.#sums.get(name);
    if (held === undefined) {
      this.#sums.set(name, { mean, variance, batches: 1 });
      return;
    }
    this.#sums.set(name, {
      mean: add(held.mean, mean),
      variance: add(held.variance, variance),
      batches: held.batches + 1,
    });
    dispose(held.mean, held.variance, mean, variance);
  }

  /** By `<batch norm>.mean` and `<batch norm>.variance`. The caller owns the tensors. */
  averages(): Map<string, Tensor> {
    const result = new Map<string, Tensor>();
    for (const [name, { mean, variance, batches }] of this.#sums) {
      result.set(`${name}.mean`, scale(mean, 1 / batches));
      result.set(`${name}.variance`, scale(variance, 1 / batches));
    }
    return result;
  }

  dispose(): void {
    for (const { mean, variance } of this.#sums.values()) dispose(mean, variance);
    this.#sums.clear();
  }
}
