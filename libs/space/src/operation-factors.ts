import { median } from 'simple-statistics';

/** What a whole architecture takes beside what is predicted of it. */
export interface Residual {
  /** (measured - predicted) / measured. */
  readonly share: number;
  /** How large a part of what was measured each operation's time is, by the operation's key; one key may come more than once. */
  readonly operations: readonly (readonly [key: string, share: number])[];
}

/** Standard deviations: of an operation's time in whole networks from the time in context, and of a network's from the sum of its own. */
const FACTOR_SD = 0.1;
const NETWORK_SD = 0.03;

/** A residual that is more than so many standard deviations of all is taken for so many: a wild measurement must not wear off on many operations. */
const MOST_DEVIATIONS = 3;
/** The standard deviation of normal residuals by the median of their sizes. */
const DEVIATIONS_PER_MEDIAN = 1.4826;

/** Factors change by less than a thousandth after a few. */
const SWEEPS = 30;

/**
 * By what to multiply the time of each operation that is in one of the architectures, so that they take what was measured, without leaving
 * its own measurement by more than that is worth. Logarithms of factors are normal around 0 and so are networks' deviations, so the most
 * likely ones are those of ridge regression (Hoerl and Kennard, Technometrics 12, 1970), found by coordinate descent. Keys in order.
 */
export function operationFactors(residuals: readonly Residual[]): Readonly<Record<string, number>> {
  const most = MOST_DEVIATIONS * DEVIATIONS_PER_MEDIAN * medianSize(residuals);
  const open = residuals.map(({ share }) => Math.max(-most, Math.min(most, share)));
  const columns = columnsOf(residuals);
  const logs = new Map<string, number>();
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const [key, column] of columns) {
      const before = logs.get(key) ?? 0;
      let along = 0;
      let weight = (NETWORK_SD / FACTOR_SD) ** 2;
      for (const [row, share] of column) {
        along += share * ((open[row] ?? 0) + share * before);
        weight += share * share;
      }
      const log = along / weight;
      for (const [row, share] of column) open[row] = (open[row] ?? 0) - share * (log - before);
      logs.set(key, log);
    }
  }
  return Object.fromEntries(Array.from(logs, ([key, log]) => [key, Math.exp(log)]));
}

const medianSize = (residuals: readonly Residual[]) =>
  residuals.length === 0 ? 0 : median(residuals.map(({ share }) => Math.abs(share)));

/** Of each operation, in which residuals it is and with what share. */
function columnsOf(
  residuals: readonly Residual[],
): readonly (readonly [key: string, column: ReadonlyMap<number, number>])[] {
  const columns = new Map<string, Map<number, number>>();
  residuals.forEach(({ operations }, row) => {
    for (const [key, share] of operations) {
      const column = columns.get(key) ?? new Map<number, number>();
      columns.set(key, column.set(row, (column.get(row) ?? 0) + share));
    }
  });
  return [...columns].sort(([one], [other]) => (one < other ? -1 : 1));
}
