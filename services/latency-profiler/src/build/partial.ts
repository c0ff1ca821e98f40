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
  /** Which call measured it, counted from 0. */
  call: z.int().nonnegative(),
});

/** What was measured so far, by the key of a part and by the code of an architecture, each with the pass after the first, such as `3.5#2`. */
export const partialSchema = z.object({
  /** What the build's control took, call by call. */
  control: z.array(milliseconds.positive()),
  parts: z.record(z.string(), measurement),
  architectures: z.record(z.string(), measurement),
});

export type Measurement = z.infer<typeof measurement>;
export type PartialTable = z.infer<typeof partialSchema>;

/** What a graph or a pair of them took, by itself. */
export type Timed = Omit<Measurement, 'call'>;

/**
 * Everything is measured so often, each time in other company: parts beside other operations, in whose caches they are, and architectures
 * in other calls, as what slows the device down for some seconds would else pass for a mistake of the table.
 */
export const PASSES = [1, 2] as const;
export type Pass = (typeof PASSES)[number];

/** Under what a pass over something is kept. */
export const passKey = (key: string, pass: Pass): string => (pass === 1 ? key : `${key}#${pass}`);

/** What `passKey` made a key of. */
export const withoutPass = (key: string): string => key.replace(/#\d+$/, '');

export const NOTHING_YET: PartialTable = { control: [], parts: {}, architectures: {} };
