import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { NseError } from '@nse/space';
import { parseSpec, presetNamed, type SearchSpec, withOverrides } from '@nse/spec';
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
}

/** The spec of the demo. Raises INVALID_ARGUMENT for options that make no sound spec. */
export function demoSpec({ quick, seed, rounds, method, dataset, data }: DemoOptions): SearchSpec {
  const preset = quick === true ? 'fashion-mnist-quick' : 'fashion-mnist';
  const dataPath = data === undefined ? undefined : resolve(data);
  return parseSpec(withOverrides(presetNamed(preset), { seed, rounds, method, dataset, dataPath }));
}

/** The command that repeats the run. */
export function commandOf({ quick, seed, rounds, method, dataset, data }: DemoOptions): string {
  const flags = [
    quick === true ? '--quick' : '',
    ...Object.entries({ seed, rounds, method, dataset, data }).map(([name, value]) =>
      value === undefined ? '' : `--${name} ${value}`,
    ),
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
