import type { Run } from './protocol.js';

/**
 * The pace of a host, by marks. Processors change their clock many times a second, with what else they do and how warm they are, by a
 * fifth and more; so times are given as at the best pace that was seen. A host that keeps its clock gives them as they are.
 */
export class Pace {
  private best = Infinity;

  /** How long a mark takes at best, in ms; Infinity before any was seen. */
  get bestMs(): number {
    return this.best;
  }

  saw(markMs: number): void {
    this.best = Math.min(this.best, markMs);
  }

  /** What the run would have taken at the best pace, in ms. */
  scaled({ ms, markMs }: Run): number {
    return markMs <= this.best ? ms : (ms * this.best) / markMs;
  }
}
