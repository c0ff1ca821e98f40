/** The three things that are timed. */
export const MEASURES = ['weights', 'fitness', 'score'] as const;
export type Measure = (typeof MEASURES)[number];

/** Time on the wall, or CPU time over all threads. */
export type Clock = 'wall' | 'cpu';

/** Do steps `from` to `from + count - 1` of a measure (round and round). */
export interface Request {
  readonly measure: Measure;
  readonly from: number;
  readonly count: number;
}

export interface Answer {
  readonly seconds: number;
  /** Of all its threads: what others' work on the machine does not stretch. */
  readonly cpuSeconds: number;
  /** One loss for each step or architecture. */
  readonly losses: readonly number[];
}

/** What a contestant says first. */
export interface Ready {
  /** Name and version of what it runs on. */
  readonly ready: string;
}
