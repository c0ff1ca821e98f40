import { type Architecture, type Cell, NseError } from '@nse/space';
import { read, type Tensor } from '@nse/tensor';
import { Branch, type Phase } from './branch.js';
import type { CachePlan } from './cache-plan.js';
import { meanOfBranches } from './cell.js';
import { commonPrefix } from './prefix.js';
import { type Score, ScoreSum } from './score.js';
import type { Supernet } from './supernet.js';
import type { Weights } from './weights.js';

/** Images (batch, height, width, channels) to estimate batch norm from, and such to score on. The tensors are the caller's. */
export interface ScoringBatches {
  readonly calibration: readonly Tensor[];
  readonly heldOut: readonly { readonly images: Tensor; readonly labels: Int32Array }[];
}

/** What is known of a cell behind the first cells of the current architecture. */
interface Level {
  readonly cell: Cell;
  /** The cell's input by batch (calibration first, then held-out), where the plan keeps it. */
  readonly inputs: Map<number, Tensor>;
  /** By pool index. */
  readonly branches: Map<number, Branch>;
}

/** A stretch of cells that one pass goes through: from the kept input of the first, or from the images. */
interface Stretch {
  readonly fromImages: boolean;
  readonly levels: readonly Level[];
}

/**
 * Scores architectures one after the other. What the cells before the first difference to the previous architecture gave
 * is used again as far as the plan keeps it. Batch statistics and outputs of a cell depend on the cells before it alone,
 * so the scores are the same bits whatever the order and the plan.
 */
export class PrefixScorer {
  private current: Architecture = [];
  private readonly levels: readonly Level[];
  private readonly stem: Branch;
  private readonly images: readonly Tensor[];

  constructor(
    private readonly supernet: Supernet,
    private readonly weights: Weights,
    private readonly batches: ScoringBatches,
    private readonly plan: CachePlan,
  ) {
    this.levels = supernet.cells.map(({ cell }) => ({ cell, inputs: new Map(), branches: new Map() }));
    this.stem = new Branch(supernet.stem, weights, false);
    this.images = [...batches.calibration, ...batches.heldOut.map(({ images }) => images)];
  }

  score(architecture: Architecture): Score {
    const shared = commonPrefix(this.current, architecture);
    this.levels.slice(shared + 1).forEach(clear);
    this.current = architecture;
    let start = this.levels.findLastIndex(({ inputs }, cell) => cell <= shared && inputs.size > 0);
    for (const end of this.plan.inputs.filter((cell) => cell > start)) {
      this.fill(this.stretch(start, end), this.levels[end]?.inputs ?? new Map<number, Tensor>());
      start = end;
    }
    return this.finish(this.stretch(start, this.levels.length));
  }

  dispose(): void {
    this.levels.forEach(clear);
    this.stem.dispose();
  }

  private stretch(start: number, end: number): Stretch {
    return { fromImages: start === -1, levels: this.levels.slice(Math.max(start, 0), end) };
  }

  private fill(stretch: Stretch, inputs: Map<number, Tensor>): void {
    this.calibrate(stretch, (x, batch) => inputs.set(batch, x));
    this.heldOut().forEach((batch) => inputs.set(batch, this.through(stretch, batch, 'score')));
  }

  private finish(stretch: Stretch): Score {
    this.calibrate(stretch, (x) => {
      x.dispose();
    });
    const sum = new ScoreSum();
    for (const [index, { labels }] of this.batches.heldOut.entries()) {
      const x = this.through(stretch, this.batches.calibration.length + index, 'score');
      const logits = this.supernet.tail.run(x, this.weights, { kind: 'evaluate' });
      sum.add(read(logits), labels);
      x.dispose();
      logits.dispose();
    }
    return sum.score();
  }

  private heldOut(): number[] {
    return this.batches.heldOut.map((_, index) => this.batches.calibration.length + index);
  }

  private calibrate(stretch: Stretch, take: (x: Tensor, batch: number) => void): void {
    for (const batch of this.batches.calibration.keys())
      take(this.through(stretch, batch, 'calibrate'), batch);
    this.stem.settle();
    for (const level of stretch.levels) for (const branch of this.branchesOf(level)) branch.settle();
  }

  /** What the stretch makes of one batch; the caller owns it. */
  private through(stretch: Stretch, batch: number, phase: Phase): Tensor {
    let x = this.input(stretch, batch, phase);
    for (const level of stretch.levels) {
      const input = x;
      const branches = this.branchesOf(level).map((branch) => branch.output(input, batch, phase));
      x = meanOfBranches(level.cell, input, branches);
      for (const tensor of [input, ...branches]) tensor.dispose();
    }
    return x;
  }

  private input({ fromImages, levels }: Stretch, batch: number, phase: Phase): Tensor {
    const source = fromImages ? this.images[batch] : levels[0]?.inputs.get(batch);
    if (source === undefined) throw new NseError('INTERNAL', `nothing is kept of batch ${batch}`);
    return fromImages ? this.stem.output(source, batch, phase) : source.clone();
  }

  private branchesOf({ cell, branches }: Level): Branch[] {
    return (this.current[cell.index] ?? []).map((operation) => {
      const known = branches.get(operation);
      if (known !== undefined) return known;
      const block = this.supernet.cells[cell.index]?.block(operation);
      if (block === undefined) throw new NseError('INTERNAL', `the supernet has no cell ${cell.index}`);
      const branch = new Branch(block, this.weights, this.plan.branches.has(cell.index));
      branches.set(operation, branch);
      return branch;
    });
  }
}

function clear({ inputs, branches }: Level): void {
  for (const input of inputs.values()) input.dispose();
  for (const branch of branches.values()) branch.dispose();
  inputs.clear();
  branches.clear();
}
