import { z } from 'zod';

const milliseconds = z.number();

/**
 * A quantity of one part, or an architecture, as it was measured: what a table is made of in the end. Kept between two tries of
 * a build.
 */
const measurement = z.object({
  /** For an operation and an addition a difference of two graphs, which may come out negative. */
  ms: milliseconds,
  /** Its standard error. */
  errorMs: milliseconds.nonnegative(),
  runs: z.int().positive(),
});

/** What was measured so far, by the key of a part and by the code of an architecture with the pass after the first, such as `3.5#2`. */
export const partialSchema = z.object({
  parts: z.record(z.string(), measurement),
  architectures: z.record(z.string(), measurement),
});

export type Measurement = z.infer<typeof measurement>;
export type PartialTable = z.infer<typeof partialSchema>;

export const NOTHING_YET: PartialTable = { parts: {}, architectures: {} };
