/** Any seed is as good as another; a fixed one makes a failure on one machine a failure on all. */
const SEED = 20_261_125;

/**
 * How fast-check runs a property: `runs` times with a fixed seed. FUZZ_RUNS multiplies the runs, FUZZ_SEED takes another
 * seed.
 */
export function fuzzing(runs: number): { numRuns: number; seed: number; endOnFailure: boolean } {
  const times = Number(process.env['FUZZ_RUNS'] ?? 1);
  return {
    numRuns: Math.ceil(runs * times),
    seed: Number(process.env['FUZZ_SEED'] ?? SEED),
    endOnFailure: false,
  };
}
