import { parseArgs } from 'node:util';
import { parseCoreList } from '@nse/devices';
import { NseError } from '@nse/space';

/** What is measured how often. */
export interface LatencyOptions {
  readonly calls: number;
  readonly networks: number;
  readonly threads: number;
  readonly pinned: readonly number[];
}

export const LATENCY_USAGE = `npm run bench -- latency [options]

Measures random networks of the preset fashion-mnist on this host again and again, each time in a process of its own, and prints how
far the medians are apart.
  --calls N      measurements of each network (default 10)
  --networks N   random networks (default 4)
  --threads N    threads of the runtime (default 1)
  --pinned LIST  cores to stay on, such as 0,1 (default: any)
  --help         this text`;

/** Reads the command line. Throws INVALID_ARGUMENT that names the wrong option; returns 'help' when asked for it. */
export function readLatencyOptions(args: readonly string[]): LatencyOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  return {
    calls: count('calls', values.calls),
    networks: count('networks', values.networks),
    threads: count('threads', values.threads),
    pinned: parseCoreList(values.pinned),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        calls: { type: 'string', default: '10' },
        networks: { type: 'string', default: '4' },
        threads: { type: 'string', default: '1' },
        pinned: { type: 'string', default: '' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw new NseError('INVALID_ARGUMENT', NseError.from(cause).message, { cause });
  }
}

function count(field: string, text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new NseError('INVALID_ARGUMENT', `--${field} must be a whole number from 1`, { field });
}
