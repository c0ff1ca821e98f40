import type { MeasureOptions } from './device.js';

/**
 * What brings medians of whole networks of 0.5 to 5 ms to within 2 to 3 % of each other from call to call on a shared machine with 2
 * cores; `npm run bench -- latency` shows it. One thread: others disturb it least.
 */
export const defaultMeasureOptions: MeasureOptions = {
  threads: 1,
  pinned: [],
  within: 0.02,
  minRuns: 60,
  maxRuns: 1_000,
  maxSeconds: 5,
  warmupSeconds: 0.1,
};
