import { NseError } from '@nse/space';
import { loadBackend } from '@nse/tensor';

import { STEP_METHODS, takeSteps } from './methods.js';

/** What one process found. */
export interface StepFigures {
  /** CPU time of a step: the mean, as methods take steps of several kinds in turn. */
  readonly ms: number;
  /** The most memory that the process ever had, less what it had before it began to train. */
  readonly mib: number;
}

const WARM_UP = 2;
const MIB = 1024 * 1024;

/** `node child.js METHOD POOL STEPS`: prints its figures as JSON. */
async function main([name, poolSize, steps]: readonly string[]): Promise<void> {
  const method = STEP_METHODS.find((known) => known === name);
  if (method === undefined) throw new NseError('INVALID_ARGUMENT', `there is no method "${name ?? ''}"`);
  await loadBackend({ threads: 1 });
  const before = process.memoryUsage.rss();
  let begun = process.cpuUsage();
  let taken = 0;
  await takeSteps(method, Number(poolSize), Number(steps) + WARM_UP, {
    signal: new AbortController().signal,
    checkpoint: () => Promise.resolve(),
    progress: ({ step }) => {
      if (step === WARM_UP) begun = process.cpuUsage();
      if (step !== Number(steps) + WARM_UP) return;
      const { user, system } = process.cpuUsage(begun);
      taken = (user + system) / 1000 / Number(steps);
    },
  });
  // In KiB, of the whole life of the process.
  const most = process.resourceUsage().maxRSS * 1024;
  const figures: StepFigures = { ms: taken, mib: (most - before) / MIB };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${NseError.from(error).message}\n`);
  process.exitCode = 1;
});
