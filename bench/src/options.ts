import { parseArgs } from 'node:util';
import { NseError } from '@nse/space';
import { type Clock } from './measure.js';

/** What the command line asks for. */
export interface Options {
  readonly threads: number;
  /** Interleaved measurements of each contestant, after one to warm up. */
  readonly repeats: number;
  /** Steps in one measurement. */
  readonly lap: number;
  /** Architectures in the list that is scored. */
  readonly architectures: number;
  /** `cpu` tells of a busy machine what a calm one would show, with one thread: waiting threads burn CPU time too. */
  readonly clock: Clock;
  /** Only this shape; without it all that are not too much for a CPU. */
  readonly shape?: string;
  /** Images in a step, in place of the shape's own. */
  readonly batch?: number;
  /** Only ours, for what would not fit beside others. */
  readonly alone: boolean;
  /** Where every contestant computes. */
  readonly device: 'cpu' | 'gpu';
  /** A Python with PyTorch and safetensors, in place of the one that is set up, whose PyTorch knows no GPU. */
  readonly python?: string;
  /** Print the results as JSON instead of tables. */
  readonly json: boolean;
  /** File for the results as JSON. */
  readonly out?: string;
}

export const USAGE = `npm run bench -- [options]

Times ours beside stock tfjs and PyTorch (default layout and channels last), interleaved, and prints ratios.
  --shape NAME       only this network: six, demo or imagenet (default: six and demo)
  --batch N          images in a step (default: the network's own)
  --alone            time ours alone
  --device cpu|gpu   where all compute (default cpu); gpu needs TensorFlow for it and --python, or --alone
  --python FILE      a Python with PyTorch and safetensors (default: one is set up, for the CPU)
  --threads N        threads of every contestant (default 2)
  --repeats N        measurements of each contestant (default 6)
  --quick            3 short measurements: a look, not a result
  --cpu-time         compare CPU time, for a busy machine; with --threads 1
  --json             print the results as JSON instead of tables
  --out FILE         write the results to FILE as JSON too
  --help             this text

npm run bench -- look-ups [TABLE]: how many architectures a second a latency table prices.
npm run bench -- orchestration [options]: load on the services and NATS; see its --help.
npm run bench -- latency [options]: how well measurements on this host repeat; see its --help.`;

/** Reads the command line. Throws INVALID_ARGUMENT that names the wrong option; returns 'help' when asked for it. */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parse(args);
  if (values.help) return 'help';
  return {
    threads: count('threads', values.threads ?? '2'),
    repeats: count('repeats', values.repeats ?? (values.quick ? '3' : '6')),
    lap: values.quick ? 2 : 4,
    architectures: values.quick ? 12 : 120,
    clock: values['cpu-time'] ? 'cpu' : 'wall',
    ...(values.shape === undefined ? {} : { shape: values.shape }),
    ...(values.batch === undefined ? {} : { batch: count('batch', values.batch) }),
    alone: values.alone,
    ...on(values),
    json: values.json,
    ...(values.out === undefined ? {} : { out: values.out }),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        shape: { type: 'string' },
        batch: { type: 'string' },
        alone: { type: 'boolean', default: false },
        device: { type: 'string', default: 'cpu' },
        python: { type: 'string' },
        threads: { type: 'string' },
        repeats: { type: 'string' },
        'cpu-time': { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        out: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new NseError('INVALID_ARGUMENT', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function on(values: {
  readonly device: string;
  readonly python?: string | undefined;
  readonly alone: boolean;
}): Pick<Options, 'device' | 'python'> {
  const { device, python, alone } = values;
  if (device !== 'cpu' && device !== 'gpu')
    throw new NseError('INVALID_ARGUMENT', `--device takes cpu or gpu, not "${device}"`, { field: 'device' });
  if (device === 'gpu' && python === undefined && !alone)
    throw new NseError(
      'INVALID_ARGUMENT',
      '--device gpu needs --python: the PyTorch that is set up knows no GPU',
      {
        field: 'python',
      },
    );
  return { device, ...(python === undefined ? {} : { python }) };
}

function count(field: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0 && value <= 1000) return value;
  throw new NseError('INVALID_ARGUMENT', `--${field} takes a whole number from 1 to 1000, not "${text}"`, {
    field,
  });
}
