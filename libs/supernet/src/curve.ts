import type { Tensor } from '@nse/tensor';

import type { CurvePoint } from './hooks.js';
import { readScalars } from './scalar.js';

/** All that a checkpoint must hold of a curve. */
export interface CurveState {
  readonly points: readonly CurvePoint[];
  readonly recent: readonly number[];
}

/**
 * The training loss over time: a point is the mean of the last few steps. Losses stay on the device until a point is due
 * or a checkpoint needs them, as every reading waits for the device.
 */
export class Curve {
  private readonly points: CurvePoint[] = [];
  private readonly recent: number[] = [];
  private unread: Tensor[] = [];

  /** @param stepsPerPoint how many steps a point stands for */
  constructor(
    private readonly stepsPerPoint: number,
    { points, recent }: CurveState = { points: [], recent: [] },
  ) {
    this.points.push(...points);
    this.recent.push(...recent);
  }

  /** Takes the loss of the step over; `step` counts from 1. */
  add(loss: Tensor, step: number): void {
    this.unread.push(loss);
    if (this.recent.length + this.unread.length < this.stepsPerPoint) return;
    const losses = this.readAll();
    this.points.push({ step, loss: losses.reduce((sum, value) => sum + value, 0) / losses.length });
    this.recent.length = 0;
  }

  /** The latest point's loss, as a field of a progress report; empty before the first point. */
  latest(): { readonly loss?: number } {
    const point = this.points.at(-1);
    return point === undefined ? {} : { loss: point.loss };
  }

  state(): CurveState {
    return { recent: [...this.readAll()], points: [...this.points] };
  }

  dispose(): void {
    for (const loss of this.unread) loss.dispose();
    this.unread = [];
  }

  private readAll(): readonly number[] {
    this.recent.push(...readScalars(this.unread));
    this.dispose();
    return this.recent;
  }
}
