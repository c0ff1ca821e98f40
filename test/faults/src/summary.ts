import type { CampaignResult } from './campaign.js';
import type { EveryPointResult } from './every-point.js';
import { quantile } from './recovery.js';

/** The figures of a campaign as Markdown. */
export function summaryOf(result: CampaignResult, points?: EveryPointResult): string {
  const { kills, searches, faults, missed, recoveries, violations, sizes, seconds } = result;
  const alone = recoveries.filter(({ overlapped }) => !overlapped);
  const table = (rows: readonly (readonly (string | number)[])[]) =>
    rows.map((row) => `| ${row.join(' | ')} |`);
  const times = (what: string, some: typeof recoveries) => {
    const inSeconds = some.map(({ ms }) => ms / 1000);
    const [half, most, all] = [0.5, 0.99, 1].map((part) => quantile(inSeconds, part).toFixed(1));
    return [what, some.length, `${half} s`, `${most} s`, `${all} s`] as const;
  };
  const streams = Object.entries(sizes.streams).map(([name, { bytes, messages }]) => [name, messages, bytes]);
  const lines = [
    `${kills} kills over ${searches} searches in ${Math.round(seconds)} s; ${violations.length} violations`,
    ...violations.map((violation) => `- ${violation}`),
    '',
    ...table([
      ['recovery', 'kills', 'p50', 'p99', 'longest'],
      ['---', '---', '---', '---', '---'],
    ]),
    ...table([times('all', recoveries), times('one fault at a time', alone)]),
    '',
    ...table([
      ['fault', 'done', 'missed'],
      ['---', '---', '---'],
    ]),
    ...table(
      [...new Set([...Object.keys(faults), ...Object.keys(missed)])]
        .sort()
        .map((name) => [name, faults[name] ?? 0, missed[name] ?? 0]),
    ),
    '',
    ...table([['stream', 'messages', 'bytes'], ['---', '---', '---'], ...streams]),
  ];
  if (points !== undefined) {
    const took = `${points.fired.length} points fired in ${Math.round(points.seconds)} s`;
    lines.push(
      '',
      `${took}; ${points.violations.length} violations`,
      ...points.violations.map((found) => `- ${found}`),
    );
  }
  return `${lines.join('\n')}\n`;
}
