import { parseArgs } from 'node:util';
import { NseError } from '@nse/space';
import type { Load } from './run.js';

export interface LoadOptions {
  readonly load: Load;
  /** File for the results as JSON. */
  readonly json?: string;
}

export const LOAD_USAGE = `npm run bench -- orchestration [options]

Puts load on the services and NATS, with next to no work in the stages, and counts what is lost and how long things wait.
  --searches N       searches created at once (default 100)
  --evaluations N    architectures scored one by one through the work queue (default 10000)
  --subscribers N    subscribers of round.completed, a tenth of them readers of the stream (default 1000)
  --scorers N        workers of the work queue (default 8)
  --json FILE        write the results to FILE as JSON too
  --help             this text`;

const ARCHITECTURES = 50;

/** Reads the command line. Raises INVALID_ARGUMENT that names the wrong option; 'help' when asked for it. */
export function readLoadOptions(args: readonly string[]): LoadOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const load = {
    searches: count('searches', values.searches, 1_000),
    architectures: ARCHITECTURES,
    evaluations: count('evaluations', values.evaluations, 100_000),
    scorers: count('scorers', values.scorers, 64),
    subscribers: count('subscribers', values.subscribers, 5_000),
  };
  return { load, ...(values.json === undefined ? {} : { json: values.json }) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        searches: { type: 'string', default: '100' },
        evaluations: { type: 'string', default: '10000' },
        subscribers: { type: 'string', default: '1000' },
        scorers: { type: 'string', default: '8' },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw new NseError('INVALID_ARGUMENT', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function count(field: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0 && value <= most) return value;
  const message = `--${field} takes a whole number from 1 to ${most}, not "${text}"`;
  throw new NseError('INVALID_ARGUMENT', message, { field });
}
