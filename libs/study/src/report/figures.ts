import type { Spread } from '../statistics/spread.js';
import type { EstimateReport } from './report.js';

export const percent = (share: number) => (100 * share).toFixed(2);
export const points = (share: number) => `${share < 0 ? '-' : '+'}${(100 * Math.abs(share)).toFixed(2)}`;
export const decimals = (value: number) => value.toFixed(3);

/** Mean, deviation and count: `88.12 ± 0.31 (3)`. */
export function spreadText(spread: Spread | null, text: (value: number) => string): string {
  if (spread === null) return '-';
  const { mean, deviation, count } = spread;
  return deviation === null ? `${text(mean)} (1)` : `${text(mean)} ± ${text(deviation)} (${count})`;
}

/** Points, their interval and how many values there were: `+0.35, -0.20 to +0.90 (12)`. */
export function estimateText(estimate: EstimateReport | null): string {
  if (estimate === null) return '-';
  const { value, interval, count } = estimate;
  const within = interval === null ? '' : `, ${points(interval[0])} to ${points(interval[1])}`;
  return `${points(value)}${within} (${count})`;
}
