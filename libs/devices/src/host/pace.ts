import type { Run } from './protocol.js';

/**
 * The pace of a host, by marks. Processors change their clock many times a second, with what else they do and how warm they are, by a
 * fifth and more; so times are given as at one pace, the best of the first marks. It stays: were a better one that comes up
 * later taken in its place, what is measured then would be quicker than the table that it is compared with. A host that keeps its
 * clock gives times as they are.
 */
export class Pace {
  private reference: number | undefined;

  get isKnown(): boolean {
    return this.reference !== undefined;
  }

  /** The quickest of the first marks, in ms. Once it is known, later ones change nothing; nor does Infinity, that no mark was seen. */
  saw(quickestMs: number): void {
    if (Number.isFinite(quickestMs)) this.reference ??= quickestMs;
  }

  /** What the run would have taken at that pace, in ms. */
  scaled({ ms, markMs }: Run): number {
    return this.reference === undefined ? ms : (ms * this.reference) / markMs;
  }
}
