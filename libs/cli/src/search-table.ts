import { fromTimestamp, type messages } from '@nse/rpc';
import { columns } from './columns.js';
import { isOver } from './follow.js';

/** Searches as a table, a line each, in the manner of kubectl. Ages count from `now`. */
export function searchTable(searches: readonly messages.Search__Output[], now = new Date()): string {
  const titles = ['ID', 'PHASE', 'STAGE', 'ROUND', 'FRONT', 'AGE'];
  return columns(
    titles,
    searches.map((search) => row(search, now)),
  );
}

function row(search: messages.Search__Output, now: Date): string[] {
  const { id, phase, stage, round, rounds, front, createTime } = search;
  const age = createTime === null ? '' : ageText(now.getTime() - fromTimestamp(createTime).getTime());
  return [id, phase, isOver(search) ? '-' : stage, `${round}/${rounds}`, String(front.length), age];
}

/** A time in ms as its largest unit: `45s`, `12m`, `5h`, `3d`. Never below zero, whatever the clocks say. */
function ageText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
