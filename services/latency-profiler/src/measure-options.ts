import { defaultMeasureOptions, type MeasureOptions } from '@nse/devices';
import type { messages } from '@nse/rpc';
import type { Violation } from '@nse/space';
import type { SearchSpec } from '@nse/spec';

const MAX_THREADS = 64;
const MAX_CORE = 255;

/** How a client wants it measured; what it leaves open is as we set it. */
export function measureOptions(given: messages.MeasureOptions__Output | null): MeasureOptions {
  const { threads, within, maxSeconds, pinnedCores = [] } = given ?? {};
  return {
    ...defaultMeasureOptions,
    ...(threads === undefined ? {} : { threads }),
    ...(within === undefined ? {} : { within }),
    ...(maxSeconds === undefined ? {} : { maxSeconds }),
    pinned: [...new Set(pinnedCores)].sort((one, other) => one - other),
  };
}

/** Every option that nothing can be measured with. */
export function wrongOptions({ threads, pinned, within, maxSeconds }: MeasureOptions): Violation[] {
  const between = (field: string, value: number, low: number, high: number): Violation[] =>
    value >= low && value <= high
      ? []
      : [{ field: `options.${field}`, description: `got ${value}; needs ${low} to ${high}` }];
  return [
    ...between('threads', threads, 1, MAX_THREADS),
    ...pinned.flatMap((core) => between('pinned_cores', core, 0, MAX_CORE)),
    ...between('within', within, 0.001, 0.5),
    ...between('max_seconds', maxSeconds, 0.1, 600),
  ];
}

export const optionsMessage = ({
  threads,
  pinned,
  within,
  maxSeconds,
}: MeasureOptions): messages.MeasureOptions => ({
  threads,
  pinnedCores: [...pinned],
  within,
  maxSeconds,
});

/** How a search has its device measured. */
export function searchOptions({ constraint }: Pick<SearchSpec, 'constraint'>): MeasureOptions {
  const { threads } = constraint.latency ?? {};
  return { ...defaultMeasureOptions, ...(threads === undefined ? {} : { threads }) };
}
