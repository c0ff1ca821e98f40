import type { CellOptions } from '@nse/strategies';
import {
  type Block,
  type CellBlocks,
  dot,
  type Gradients,
  type Mode,
  type Pass,
  type Weights,
} from '@nse/supernet';
import { add, dispose, floats, multiply, share, type Tensor } from '@nse/tensor';

/** The gradient of a loss in the probabilities of one cell, as tensors of one number each. Owned by who has it. */
export interface CellSlopes {
  /** Per option with an operation, in their order, that of the operation's own output. */
  readonly operations: readonly Tensor[];
  /** That of the cell's input; in cells with an identity only. */
  readonly input?: Tensor;
}

/** A weighted sum over branches, and over the input itself where that has a factor. */
interface Mix {
  readonly branches: readonly { readonly block: Block; readonly factor: number }[];
  readonly inputFactor: number | undefined;
}

/** What of a cell's output its one operation is: the mean of operation and input has half of it, else it has all. */
export const operationShare = (identity: boolean): number => (identity ? 1 / 2 : 1);

/**
 * A cell as DARTS' mixed edge: the sum over its options of the probability times what the cell emits with that option alone,
 * which is (x + operation(x)) / 2 or x in a cell with an identity, else operation(x). So with all probability on one option it
 * is that option's architecture.
 *
 * @param onSlopes where given, `backward` also computes the gradient in the probabilities, and hands it over
 */
export function mixedBlock(
  cellBlocks: CellBlocks,
  options: CellOptions,
  probabilities: readonly number[],
  onSlopes?: (slopes: CellSlopes) => void,
): Block {
  const mix = mixOf(cellBlocks, options, probabilities);
  return {
    places: mix.branches.flatMap(({ block }) => block.places),
    train: (x, weights, options) => trainMix(mix, x, weights, options, onSlopes),
    run: (x, weights, mode) => runMix(mix, x, weights, mode),
  };
}

function mixOf({ cell, block }: CellBlocks, options: CellOptions, probabilities: readonly number[]): Mix {
  const share = operationShare(cell.identity);
  const branches = options.flatMap(([operation], option) =>
    operation === undefined
      ? []
      : [{ block: block(operation), factor: share * (probabilities[option] ?? 0) }],
  );
  // The identity is half of every option with an operation, and all of none: what the operations leave of 1.
  const rest = 1 - branches.reduce((sum, { factor }) => sum + factor, 0);
  return { branches, inputFactor: cell.identity ? rest : undefined };
}

function trainMix(
  { branches, inputFactor }: Mix,
  x: Tensor,
  weights: Weights,
  options: { readonly moving?: boolean } | undefined,
  onSlopes: ((slopes: CellSlopes) => void) | undefined,
): Pass {
  const kept: Tensor[] = [];
  const sum = new Sum(x, inputFactor);
  const passes = branches.map(({ block, factor }) => {
    const pass = block.train(x, weights, options);
    sum.add(pass.out, factor);
    if (onSlopes === undefined) pass.out.dispose();
    else kept.push(pass.out);
    return pass;
  });
  const keptX = onSlopes === undefined || inputFactor === undefined ? undefined : share(x);
  const release = () => dispose(...kept, keptX);
  const backward = (dOut: Tensor, gradients?: Gradients): Tensor => {
    onSlopes?.({
      operations: kept.map((branch) => dot(dOut, branch)),
      ...(keptX && { input: dot(dOut, keptX) }),
    });
    release();
    return backwardThroughMix({ branches, inputFactor }, passes, dOut, gradients);
  };
  return {
    out: sum.take(),
    backward,
    backwardFirst: (dOut, gradients) => backward(dOut, gradients).dispose(),
    dispose: () => {
      release();
      for (const pass of passes) pass.dispose();
    },
  };
}

/** The gradient of a cell's input, given that of its output; branch by branch, so that little is held at a time. */
function backwardThroughMix(
  { branches, inputFactor }: Mix,
  passes: readonly Pass[],
  dOut: Tensor,
  gradients?: Gradients,
): Tensor {
  const sum = new Sum(dOut, inputFactor);
  for (const [index, pass] of passes.entries()) {
    const dBranch = times(dOut, branches[index]?.factor ?? 0);
    const dInput = pass.backward(dBranch, gradients);
    sum.add(dInput, 1);
    dispose(dBranch, dInput);
  }
  return sum.take();
}

function runMix({ branches, inputFactor }: Mix, x: Tensor, weights: Weights, mode: Mode): Tensor {
  const sum = new Sum(x, inputFactor);
  for (const { block, factor } of branches) {
    const part = block.run(x, weights, mode);
    sum.add(part, factor);
    part.dispose();
  }
  return sum.take();
}

/** A weighted sum of tensors, which stay the caller's. */
class Sum {
  private total: Tensor | undefined;

  /** Begins with the first tensor where it has a factor. */
  constructor(
    private readonly first: Tensor,
    factor: number | undefined,
  ) {
    if (factor !== undefined) this.add(first, factor);
  }

  add(tensor: Tensor, factor: number): void {
    const part = factor === 1 ? share(tensor) : times(tensor, factor);
    if (this.total === undefined) {
      this.total = part;
      return;
    }
    const before = this.total;
    this.total = add(before, part);
    dispose(before, part);
  }

  /** The caller owns it; the first tensor itself where nothing was added. */
  take(): Tensor {
    return this.total ?? share(this.first);
  }
}

/** The tensor times a number that comes once: unlike `scale`, which keeps its factors. */
export function times(x: Tensor, factor: number): Tensor {
  const scalar = floats(Float32Array.of(factor), []);
  const product = multiply(x, scalar);
  scalar.dispose();
  return product;
}
