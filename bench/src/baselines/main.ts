import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { NseError } from '@nse/space';

import type { StepFigures } from './child.js';
import type { StepMethod } from './methods.js';
import { readStepOptions, STEP_USAGE, type StepOptions } from './options.js';
import { stepTables } from './tables.js';

const run = promisify(execFile);
const CHILD_WITHIN_MS = 30 * 60_000;

export interface StepResult extends StepFigures {
  readonly method: StepMethod;
  readonly pool: number;
}

/** Measures one method after the other, each in a process of its own. */
export async function baselines(args: readonly string[]): Promise<void> {
  const options = readStepOptions(args);
  if (options === 'help') {
    process.stdout.write(`${STEP_USAGE}\n`);
    return;
  }
  const results: StepResult[] = [];
  for (const pool of options.pools) {
    for (const method of options.methods) {
      const figures = await measured(method, pool, options);
      process.stderr.write(
        `${method}, ${pool} operations: ${figures.ms.toFixed(0)} ms, ${figures.mib.toFixed(0)} MiB\n`,
      );
      results.push({ method, pool, ...figures });
      await save(results, options);
    }
  }
  process.stdout.write(`${stepTables(results)}\n`);
}

/** Every step of DARTS is alike, and long: a fifth as many tell as much. */
const stepsFor = (method: StepMethod, steps: number): number =>
  method.startsWith('darts') ? Math.ceil(steps / 5) : steps;

async function measured(method: StepMethod, pool: number, options: StepOptions): Promise<StepFigures> {
  const steps = stepsFor(method, options.steps);
  // From src, where tests run, the program is what the build made of it.
  const program = join(__dirname.replace(/src(.baselines)$/, 'dist$1'), 'child.js');
  try {
    const { stdout } = await run(process.execPath, [program, method, String(pool), String(steps)], {
      timeout: CHILD_WITHIN_MS,
    });
    return JSON.parse(stdout) as StepFigures;
  } catch (cause) {
    const message = `${method} over ${pool} operations could not be measured`;
    throw new NseError('INTERNAL', message, { cause });
  }
}

async function save(results: readonly StepResult[], { json }: StepOptions): Promise<void> {
  if (json === undefined) return;
  await mkdir(dirname(json), { recursive: true });
  await writeFile(json, `${JSON.stringify(results, null, 2)}\n`);
}
