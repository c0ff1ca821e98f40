import { dispose, share, type Tensor } from '@nse/tensor';

import type { Block } from './block.js';
import { Statistics } from './statistics.js';
import type { Weights } from './weights.js';

/** Calibration passes estimate batch statistics, scoring passes use them. */
export type Phase = 'calibrate' | 'score';

/**
 * One operation behind one fixed sequence of cells: its batch statistics, estimated from zero as the average over the
 * calibration batches, and, where they are kept, its outputs by batch.
 */
export class Branch {
  private readonly collected = new Statistics();
  private averages: ReadonlyMap<string, Tensor> | undefined;
  private readonly outputs = new Map<number, Tensor>();

  constructor(
    private readonly block: Block,
    private readonly weights: Weights,
    private readonly keepsOutputs: boolean,
  ) {}

  /**
   * The output for the batch, which the caller owns. Every calibration batch comes once before `settle`, and every scoring
   * batch after it.
   */
  output(x: Tensor, batch: number, phase: Phase): Tensor {
    const kept = this.outputs.get(batch);
    if (kept !== undefined) return share(kept);
    const out = this.run(x, phase);
    if (this.keepsOutputs) this.outputs.set(batch, share(out));
    return out;
  }

  /** Ends the estimate. Later calibration passes only give outputs. */
  settle(): void {
    if (this.averages !== undefined) return;
    this.averages = this.collected.averages();
    this.collected.dispose();
  }

  dispose(): void {
    this.collected.dispose();
    dispose(...(this.averages?.values() ?? []), ...this.outputs.values());
    this.outputs.clear();
  }

  private run(x: Tensor, phase: Phase): Tensor {
    const statistics = this.averages;
    if (phase === 'score') {
      return this.block.run(x, this.weights, { kind: 'evaluate', ...(statistics && { statistics }) });
    }
    if (statistics !== undefined) return this.block.run(x, this.weights, { kind: 'batch', moving: false });
    return this.block.run(x, this.weights, { kind: 'collect', into: this.collected });
  }
}
