import { bandText, costText, msText, percentText } from './format.js';
import type { LatencyFigures, Report, TableTrust } from './report.js';

type Pace = NonNullable<NonNullable<Report['latency']>['pace']>;

/** How near the device must come to the target, as a part of it, for the run to say so. */
const NEAR = 0.1;

/** Whether a measured latency is within 10 % of the target. */
export function isNear(measuredMs: number, targetMs: number): boolean {
  return Math.abs(measuredMs - targetMs) <= NEAR * targetMs;
}

/** What was measured with its interval, `2.31 ms (2.29 to 2.34)`, or `-`. */
export function measuredText(figures: LatencyFigures | null | undefined): string {
  if (figures?.measuredMs === undefined) return '-';
  const { measuredMs, lowMs, highMs } = figures;
  const interval =
    lowMs === undefined || highMs === undefined ? '' : ` (${msText(lowMs)} to ${msText(highMs)})`;
  return `${costText(measuredMs, 'ms')}${interval}`;
}

/** How far the latency table can be trusted, in a sentence. */
export function trustText({ judged, within5, within10, spearman, worstError }: TableTrust): string {
  const order = spearman === undefined ? '' : `, rank correlation ${spearman.toFixed(3)}`;
  return (
    `Of ${judged} random architectures that it was not fitted to, the table predicts ` +
    `${percentText(within5, 0)} within 5 % and ${percentText(within10, 0)} within 10 % of what was measured${order}; ` +
    `the worst is ${signed(worstError)} off.`
  );
}

/** By what times were scaled to be as at the table's pace, in a sentence. */
export function paceText({ scale, architectures }: Pace): string {
  const change = `${percentText(Math.abs(1 / scale - 1), 1)} ${scale < 1 ? 'more' : 'less'}`;
  return (
    `Times are given at the table's pace: ${architectures} architectures of it, measured again beside these, ` +
    `took ${change} than they did then.`
  );
}

/** What the search came to in milliseconds, a sentence a line; none without a latency budget. */
export function latencyLines({ latency, constraint }: Report): string[] {
  if (latency === undefined) return [];
  const { device, table, chosen, note, pace, trust } = latency;
  const by = `The table "${table}" predicts ${costText(chosen.predictedMs, 'ms')} for the chosen one, target ${bandText(constraint)}.`;
  return [
    by,
    ...measuredLines(chosen, device, constraint.target),
    ...(pace === undefined ? [] : [paceText(pace)]),
    ...(note === '' ? [] : [`Note: ${note}.`]),
    ...(trust === undefined ? [] : [trustText(trust)]),
  ];
}

function measuredLines(chosen: LatencyFigures, device: string, target: number): string[] {
  const { measuredMs } = chosen;
  if (measuredMs === undefined) return ['It was not measured.'];
  const near = isNear(measuredMs, target) ? 'within' : 'NOT within';
  const off = signed((measuredMs - target) / target);
  return [
    `Measured on ${device}: ${measuredText(chosen)}. That is ${off} from the target: ${near} 10 % of it.`,
  ];
}

const signed = (share: number) => `${share < 0 ? '-' : '+'}${percentText(Math.abs(share), 1)}`;
