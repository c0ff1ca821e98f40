import { NseError } from '@nse/space';
import { coreMask } from '../cores.js';
import type { MeasureOptions } from '../device.js';
import { parseBenchmarkOutput } from './benchmark-output.js';
import type { DeviceFolder } from './folder.js';
import { brief } from './push.js';
import type { Output } from './shell.js';

/** One call of benchmark_model. */
export interface Call {
  readonly program: string;
  readonly model: string;
  readonly runs: number;
  readonly warmupSeconds: number;
}

export interface Called {
  /** Of one inference: the median of the runs where the program tells it, else their average. */
  readonly ms: number;
  readonly runs: number;
  /** Of all timed runs together. */
  readonly timedMs: number;
}

/** To start the program and load a model on a slow phone, and one slow inference beyond the limits. */
const SLACK_MS = 120_000;

/**
 * Calls benchmark_model once. It runs a model in a process of its own, so every call loads the model and warms it up. Raises
 * FAILED_PRECONDITION where it fails, with what it said, and UNAVAILABLE where the device went away.
 */
export async function callBenchmark(
  folder: DeviceFolder,
  call: Call,
  options: MeasureOptions,
  signal: AbortSignal,
): Promise<Called> {
  const withinMs = 2_000 * (call.warmupSeconds + options.maxSeconds) + SLACK_MS;
  const output = await folder.shell(folder.script(command(call, options)), { signal, withinMs });
  const timings = output.code === 0 ? parseBenchmarkOutput(output.stdout + '\n' + output.stderr) : undefined;
  if (timings === undefined) throw failed(output);
  const runs = timings.runs ?? call.runs;
  return {
    ms: (timings.medianUs ?? timings.averageUs) / 1_000,
    runs,
    timedMs: (timings.averageUs * runs) / 1_000,
  };
}

function command({ program, model, runs, warmupSeconds }: Call, options: MeasureOptions): string[] {
  const { threads, pinned, maxSeconds } = options;
  return [
    ...(pinned.length === 0 ? [] : ['taskset', coreMask(pinned)]),
    program,
    `--graph=${model}`,
    `--num_threads=${threads}`,
    `--num_runs=${runs}`,
    '--min_secs=0',
    `--max_secs=${maxSeconds}`,
    '--warmup_runs=1',
    `--warmup_min_secs=${warmupSeconds}`,
  ];
}

/** Bounded: what the program says may be long. */
const SAID_LINES = 6;

function failed({ code, stdout, stderr }: Output): NseError {
  const lines = `${stdout}\n${stderr}`.split(/\r?\n/).filter((line) => line.trim() !== '');
  const errors = lines.filter((line) =>
    /error|fail|unresolved|not executable|inaccessible|not found/i.test(line),
  );
  const said = brief((errors.length > 0 ? errors : lines).slice(-SAID_LINES).join('; '));
  return new NseError('FAILED_PRECONDITION', `benchmark_model ${ending(code)}: ${said || 'it said nothing'}`);
}

function ending(code: number): string {
  if (code === 0) return 'told no times';
  if (code === 126 || code === 127) return `could not be started (is it for this processor?)`;
  if (code > 128) return `was ended by signal ${code - 128} (out of memory?)`;
  return `failed with code ${code}`;
}
