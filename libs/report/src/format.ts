import type { Constraint } from './report.js';

/** 6033408 as `6.03 M`, 871 as `871`. Three significant digits, more in front of the point. */
export function countText(count: number): string {
  const scales: [number, string][] = [
    [1e9, ' G'],
    [1e6, ' M'],
    [1e3, ' k'],
  ];
  const [unit, suffix] = scales.find(([scale]) => count >= scale) ?? [1, ''];
  const value = count / unit;
  if (unit === 1) return String(Math.round(value));
  return value.toFixed(value >= 100 ? 1 : 2) + suffix;
}

/** How many there are of something: `1 round`, `6 rounds`. */
export function amountText(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

/** A cost in the unit of the constraint: `6.03 M` multiply-accumulates or `4.21 ms`. */
export function costText(cost: number, unit: Constraint['unit']): string {
  return unit === 'macs' ? countText(cost) : `${msText(cost)} ms`;
}

/** Milliseconds without the unit: `0.0342`, `4.21`, `66.77`. Two digits after the point, or more up to three that count. */
export function msText(ms: number): string {
  return ms.toFixed(digitsAfterPoint(ms, 3, 2));
}

/** The costs that are searched: `6.00 ± 0.50 M`, `0.342 ± 0.017 ms`. */
export function bandText({ unit, target, drift }: Constraint, plusMinus = '±'): string {
  if (unit === 'ms') {
    const digits = digitsAfterPoint(drift, 1, digitsAfterPoint(target, 3, 2));
    return `${target.toFixed(digits)} ${plusMinus} ${drift.toFixed(digits)} ms`;
  }
  return `${(target / 1e6).toFixed(2)} ${plusMinus} ${(drift / 1e6).toFixed(2)} M`;
}

/** 0.9234 as `92.34 %`; what is missing as `-`. */
export function percentText(share: number | null | undefined, digits = 2): string {
  return share === null || share === undefined ? '-' : `${(share * 100).toFixed(digits)} %`;
}

/** A difference of two shares in percentage points: `0.42 points`. */
export function pointsText(difference: number): string {
  return `${(difference * 100).toFixed(2)} points`;
}

/** 252 as `4 min 12 s`, 8000 as `2 h 13 min`, 3.21 as `3.2 s`. */
export function durationText(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** 2147483648 as `2.0 GiB`. */
export function bytesText(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** How many digits after the point it takes for so many that count; at least `least`, at most 6. */
function digitsAfterPoint(value: number, counting: number, least: number): number {
  const needed = value === 0 ? 0 : counting - 1 - Math.floor(Math.log10(Math.abs(value)));
  return Math.min(6, Math.max(least, needed));
}
