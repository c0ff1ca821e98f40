import { parseArgs } from 'node:util';
import { NseError } from '@nse/space';

import { type StepMethod, STEP_METHODS } from './methods.js';

export interface StepOptions {
  readonly methods: readonly StepMethod[];
  /** Operations in the pool. */
  readonly pools: readonly number[];
  readonly steps: number;
  /** File for the results as JSON. */
  readonly json?: string;
}

export const STEP_USAGE = `npm run bench -- baselines [options]

Time and memory of a training step of each method, on the network of the fashion-mnist preset, by the size of the pool.
Each is measured in a process of its own, on one thread; times are CPU time, so a busy machine disturbs them little.
  --methods a,b      of ${STEP_METHODS.join(', ')} (default: all)
  --pools 5,9        sizes of the pool, each at most 27 (default 5,9,18,27)
  --steps N          steps measured, after two to warm up (default 20); of DARTS a fifth of them
  --json FILE        write the results to FILE as JSON too
  --help             this text`;

/** Reads the command line. Raises INVALID_ARGUMENT that names the wrong option; 'help' when asked for it. */
export function readStepOptions(args: readonly string[]): StepOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const names = values.methods?.split(',') ?? STEP_METHODS;
  const unknown = names.find((name) => !STEP_METHODS.some((known) => known === name));
  if (unknown !== undefined) throw invalid('methods', `knows no method "${unknown}"`);
  return {
    methods: STEP_METHODS.filter((method) => names.includes(method)),
    pools: values.pools.split(',').map((text) => whole('pools', text, 27)),
    steps: whole('steps', values.steps, 1000),
    ...(values.json === undefined ? {} : { json: values.json }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        methods: { type: 'string' },
        pools: { type: 'string', default: '5,9,18,27' },
        steps: { type: 'string', default: '20' },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw new NseError('INVALID_ARGUMENT', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function whole(field: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0 && value <= most) return value;
  throw invalid(field, `takes whole numbers from 1 to ${most}, not "${text}"`);
}

const invalid = (field: string, what: string) =>
  new NseError('INVALID_ARGUMENT', `--${field} ${what}`, { field });
