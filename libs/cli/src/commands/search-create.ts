import path from 'node:path';
import { NseError } from '@nse/space';
import { parseSpec, presetNamed, type SearchSpec } from '@nse/spec';
import type { Command } from 'commander';
import { repeated, wholeNumber } from '../arguments.js';
import { withExamples } from '../examples.js';
import { readInput } from '../input-file.js';
import { messageJson } from '../message-json.js';
import { withFields } from '../set-fields.js';
import { print, type Shell } from '../shell.js';
import { type Connected, connected, onSystem } from './options.js';

/** Where a spec comes from. */
export interface SpecSource {
  readonly file?: string;
  readonly preset?: string;
}

interface CreateOptions extends Connected, SpecSource {
  readonly id?: string;
  readonly seed?: number;
  readonly set?: readonly string[];
}

export function addCreate(parent: Command, shell: Shell): void {
  const command = parent
    .command('create')
    .description('begin a search; prints its id')
    .option('-f, --file <spec>', 'a search spec in YAML or JSON; - reads standard input')
    .option('--preset <name>', 'a preset in place of a file')
    .option('--set <field=value>', 'a field in place of that of the spec; may be repeated', repeated)
    .option('--id <id>', 'the id that the search shall have: then the command may be repeated')
    .option('--seed <number>', 'the same as --set seed=NUMBER', wholeNumber('seed'));
  withExamples(
    connected(command),
    ['search create -f spec.yaml', 'a spec of your own'],
    ['search create --preset fashion-mnist --id first', 'a preset, and the id to call it by'],
    ['search create --preset cifar10 --set rounds=3 --set train.epochs=2', 'with other values'],
  ).action((options: CreateOptions) => create(shell, options));
}

async function create(shell: Shell, options: CreateOptions): Promise<void> {
  const { id = '', seed, set = [] } = options;
  const settings = seed === undefined ? set : [...set, `seed=${seed}`];
  // Checked here first: a wrong spec is told without a system at hand, and paths are the caller's, not the service's.
  const parsed = parseSpec(withFields(await writtenSpec(options), settings));
  const inCluster = shell.cluster(options.endpoints) !== undefined;
  const spec = inCluster ? specInCluster(parsed) : specOnThisMachine(parsed);
  await onSystem(shell, options, async ({ spaceManager, struct }) => {
    const created = await spaceManager.createSearch({ spec: struct(spec), search: id });
    print(shell, options, messageJson(created), () => created.id);
  });
}

/** The spec as it stands in the file or preset. Raises INVALID_ARGUMENT where there is not exactly one of them. */
export async function writtenSpec({ file, preset }: SpecSource): Promise<unknown> {
  if (file !== undefined && preset === undefined) return await readInput(file);
  if (preset !== undefined && file === undefined) return presetNamed(preset);
  throw new NseError('INVALID_ARGUMENT', 'give exactly one of --file and --preset');
}

/** In a cluster the path is one of the pods, which no folder of this machine is. Raises INVALID_ARGUMENT for a relative one. */
export function specInCluster(spec: SearchSpec): SearchSpec {
  const { path: given } = spec.dataset;
  if (given === undefined || path.posix.isAbsolute(given)) return spec;
  const message = `"${given}" is looked for in the cluster's pods: give an absolute path`;
  throw NseError.invalid([{ field: 'dataset.path', description: message }]);
}

/** Paths are the caller's, not the service's. */
export function specOnThisMachine(spec: SearchSpec): SearchSpec {
  const { path: given } = spec.dataset;
  return given === undefined ? spec : { ...spec, dataset: { ...spec.dataset, path: path.resolve(given) } };
}
