import { toStruct, type messages } from '@nse/rpc';
import { NseError } from '@nse/space';
import { parseSpec } from '@nse/spec';
import { type Command, InvalidArgumentError } from 'commander';
import { wholeNumber } from '../arguments.js';
import { type SpecSource, writtenSpec } from './search-create.js';

/** Whose network, pool and retraining are meant. */
export interface NetworkSource extends SpecSource {
  readonly search?: string;
}

/** Adds `--search`, `--file` and `--preset`. */
export function ofNetwork(command: Command): Command {
  return command
    .option('--search <id>', 'for the network and pool of that search')
    .option('-f, --file <spec>', 'for those of a spec; - reads standard input')
    .option('--preset <name>', 'for those of a preset');
}

/** The part of a request that says for which network. Raises INVALID_ARGUMENT where there is not exactly one. */
export async function networkOf(
  options: NetworkSource,
): Promise<Pick<messages.LookUpRequest, 'spec' | 'search'>> {
  const { search, file, preset } = options;
  const given = [search, file, preset].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw new NseError('INVALID_ARGUMENT', 'give exactly one of --search, --file and --preset');
  }
  return search === undefined ? { spec: toStruct(parseSpec(await writtenSpec(options))) } : { search };
}

/** How to measure. */
export interface HowToMeasure {
  readonly threads?: number;
  readonly pin?: readonly number[];
  readonly within?: number;
  readonly maxSeconds?: number;
}

/** Adds the options of how to measure. */
export function measuring(command: Command): Command {
  return command
    .option('--threads <number>', 'threads of the runtime (default: 1)', wholeNumber('threads'))
    .option('--pin <cores>', 'cores to stay on, as 4,5 (default: any)', cores)
    .option('--within <share>', 'enough once the median is so certain (default: 0.02)', decimal('within'))
    .option('--max-seconds <number>', 'limit of the timed runs of a model', decimal('max-seconds'));
}

export const measureOptionsOf = ({
  threads,
  pin,
  within,
  maxSeconds,
}: HowToMeasure): messages.MeasureOptions => ({
  ...(threads === undefined ? {} : { threads }),
  ...(pin === undefined ? {} : { pinnedCores: [...pin] }),
  ...(within === undefined ? {} : { within }),
  ...(maxSeconds === undefined ? {} : { maxSeconds }),
});

function cores(text: string): number[] {
  const words = text.split(',');
  if (words.every((word) => /^\d{1,3}$/.test(word))) return words.map(Number);
  throw new InvalidArgumentError('pin is a list of cores, such as 4,5.');
}

function decimal(name: string): (text: string) => number {
  return (text) => {
    if (/^(\d+\.?\d*|\.\d+)$/.test(text)) return Number(text);
    throw new InvalidArgumentError(`${name} is a number, such as 0.02.`);
  };
}
