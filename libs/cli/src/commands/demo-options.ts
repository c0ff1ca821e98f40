import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { NseError } from '@nse/space';
import { parseSpec, presetNamed, type SearchSpec, type SpecInput, withOverrides } from '@nse/spec';
import { z } from 'zod';

/** What the user says of a demo. */
export interface DemoOptions {
  readonly out?: string | undefined;
  readonly quick?: boolean | undefined;
  readonly seed?: number | undefined;
  readonly rounds?: number | undefined;
  readonly method?: string | undefined;
  readonly dataset?: string | undefined;
  readonly data?: string | undefined;
  /** Id of the device whose latency bounds the search, in place of MACs. */
  readonly latency?: string | undefined;
  readonly targetMs?: number | undefined;
}

/** The spec of the demo. Raises INVALID_ARGUMENT for options that make no sound spec. */
export function demoSpec(options: DemoOptions): SearchSpec {
  const { quick, seed, rounds, method, dataset, data, latency: device, targetMs } = options;
  if (targetMs !== undefined && device === undefined) {
    const description = 'a target in milliseconds needs a device: --latency host';
    throw NseError.invalid([{ field: '--target-ms', description }]);
  }
  const preset = quick === true ? 'fashion-mnist-quick' : 'fashion-mnist';
  const dataPath = data === undefined ? undefined : resolve(data);
  const written = withOverrides(presetNamed(preset), { seed, rounds, method, dataset, dataPath });
  const spec = parseSpec(written);
  if (device === undefined) return spec;
  // What nobody can know of the device, its table tells: what architectures of the preset's MACs take.
  const target = targetMs === undefined ? { likeMacs: spec.constraint.macs?.target } : { targetMs };
  return parseSpec({
    ...(written as SpecInput),
    ...(quick === true ? {} : shorter(spec, rounds)),
    constraint: { latency: { device, ...target } },
  });
}

/** The table takes minutes besides: with these the whole still ends within a quarter of an hour on two CPU cores. */
function shorter(
  { train, evaluate, retrain }: SearchSpec,
  rounds = 3,
): Pick<SearchSpec, 'rounds' | 'train' | 'evaluate' | 'retrain'> {
  return {
    rounds,
    train: { ...train, epochs: 0.15 },
    evaluate: { ...evaluate, architectures: 48 },
    retrain: { ...retrain, epochs: 0.75 },
  };
}

/** The command that repeats the run. */
export function commandOf(options: DemoOptions): string {
  const { quick, seed, rounds, method, dataset, data, latency, targetMs } = options;
  const valued = { seed, rounds, method, dataset, data, latency, 'target-ms': targetMs };
  const flags = [
    quick === true ? '--quick' : '',
    ...Object.entries(valued).map(([name, value]) => (value === undefined ? '' : `--${name} ${value}`)),
  ];
  return ['./nse demo', ...flags.filter((flag) => flag !== '')].join(' ');
}

const optionsSchema = z.object({
  quick: z.boolean().optional(),
  seed: z.number().optional(),
  rounds: z.number().optional(),
  method: z.string().optional(),
  dataset: z.string().optional(),
  data: z.string().optional(),
  latency: z.string().optional(),
  targetMs: z.number().optional(),
});

const optionsFile = (stateDir: string) => join(stateDir, 'demo.json');

/**
 * Leaves the options in the demo's state folder, so that it can be resumed by the folder alone. `first` keeps those that are
 * there already.
 */
export async function saveOptions(
  stateDir: string,
  options: DemoOptions,
  which: 'first' | 'last' = 'last',
): Promise<void> {
  const { data } = options;
  const saved = { ...options, out: undefined, data: data === undefined ? undefined : resolve(data) };
  await mkdir(stateDir, { recursive: true });
  const file = optionsFile(stateDir);
  if (which === 'first' && existsSync(file)) return;
  await writeFile(file, JSON.stringify(saved));
}

/** What `saveOptions` left. Raises NOT_FOUND where there is no demo that could go on. */
export async function savedOptions(stateDir: string): Promise<DemoOptions> {
  try {
    return optionsSchema.parse(JSON.parse(await readFile(optionsFile(stateDir), 'utf8')));
  } catch (cause) {
    const message = `there is no demo in ${stateDir} that could go on`;
    throw new NseError('NOT_FOUND', message, { cause });
  }
}
