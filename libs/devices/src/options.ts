import type { MeasureOptions } from './device.js';

/**
 * Medians of whole networks of 0.6 to 2.5 ms came to within 3 % of each other from call to call with these, on 2 cores that others kept busy
 * (load 15 to 20), and to within 6 % where a network's weights do not fit the caches that the others use too. `npm run bench -- latency`
 * shows it. One thread: others disturb it least.
 */
export const defaultMeasureOptions: MeasureOptions = {
  threads: 1,
  pinned: [],
  within: 0.02,
  minRuns: 200,
  maxRuns: 1_000,
  maxSeconds: 10,
  warmupSeconds: 0.1,
};
