import { median } from 'simple-statistics';
import { grouped } from './grouped.js';
import { type Measurement, type PartialTable, type Timed, withoutPass } from './partial.js';

/** What was measured, as at one pace of the device. */
export interface AtOnePace {
  readonly parts: Readonly<Record<string, Timed>>;
  /** Pass by pass. */
  readonly architectures: Readonly<Record<string, Timed>>;
}

/** Something that was measured in several calls, such as the control. */
interface Repeated {
  readonly times: readonly { readonly ms: number; readonly call: number }[];
}

/** Estimates change by less than a thousandth after a few. */
const ROUNDS = 10;

/**
 * All times as at the device's usual pace in this build. A device is slowed down for seconds or minutes, by its temperature or by what
 * else it does, and all that a call measures is slowed down alike; marks of arithmetic do not show what others do to caches and
 * memory. How slow a call was is told by what was measured in others too: the control, and architectures, whose other passes are
 * in other company. By medians in turn over calls and over things (median polish: Tukey, Exploratory Data Analysis, 1977), so
 * that a single wild time moves nothing.
 */
export function atOnePace(partial: PartialTable): AtOnePace {
  const paces = pacesOf(repeatedOf(partial));
  const scaled = (kind: Readonly<Record<string, Measurement>>) =>
    Object.fromEntries(
      Object.entries(kind).map(([key, { call, ms, errorMs, runs }]) => {
        const pace = paces.get(call) ?? 1;
        return [key, { ms: ms / pace, errorMs: errorMs / pace, runs }];
      }),
    );
  return { parts: scaled(partial.parts), architectures: scaled(partial.architectures) };
}

function repeatedOf({ control, architectures }: PartialTable): Repeated[] {
  const passes = grouped(Object.entries(architectures), ([key]) => withoutPass(key));
  return [
    { times: control.map((ms, call) => ({ ms, call })) },
    ...[...passes.values()].map((times) => ({ times: times.map(([, measurement]) => measurement) })),
  ].filter(({ times }) => times.length > 1);
}

/** By call, how many times as long as usual all took in it. */
function pacesOf(things: readonly Repeated[]): ReadonlyMap<number, number> {
  const calls = grouped(
    things.flatMap(({ times }, thing) => times.map((time) => ({ ...time, thing }))),
    ({ call }) => call,
  );
  let paces = new Map<number, number>();
  for (let round = 0; round < ROUNDS; round++) {
    const usual = things.map(({ times }) => median(times.map(({ ms, call }) => ms / (paces.get(call) ?? 1))));
    paces = new Map(
      [...calls].map(([call, times]) => [
        call,
        median(times.map(({ ms, thing }) => ms / (usual[thing] ?? ms))),
      ]),
    );
  }
  const middle = paces.size === 0 ? 1 : median([...paces.values()]);
  return new Map([...paces].map(([call, pace]) => [call, pace / middle]));
}
