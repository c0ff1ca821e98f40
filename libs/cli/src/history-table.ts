import { costText, percentText } from '@nse/report';
import type { messages } from '@nse/rpc';
import type { Budget } from '@nse/spec';
import { columns } from './columns.js';
import { operationsText } from './operations-text.js';

/**
 * The completed rounds of a search, a line each: the front and its best, what happened to operations, time by stage. Below, the
 * operations that came later than the search began.
 */
export function historyTable(rounds: readonly messages.Round__Output[], unit: Budget['unit']): string {
  const stages = [...new Set(rounds.flatMap(({ seconds }) => Object.keys(seconds)))];
  const titles = ['ROUND', 'SCORED', 'FRONT', 'BEST', 'AT', 'TRIED', 'KEPT', 'DROPPED'];
  const upper = stages.map((stage) => stage.toUpperCase());
  const rows = rounds.map((round) => [
    ...facts(round, unit),
    ...stages.map((stage) => timeText(round.seconds[stage])),
  ]);
  const table = columns([...titles, ...upper], rows, [...titles, ...upper]);
  return [table, ...joinedLines(rounds)].join('\n');
}

function joinedLines(rounds: readonly messages.Round__Output[]): string[] {
  return rounds.flatMap(({ round, joined }) =>
    joined.length === 0 ? [] : [`new from round ${round} on: ${operationsText(joined)}`],
  );
}

function facts({ round, scored, front, space }: messages.Round__Output, unit: Budget['unit']): string[] {
  const best = front.reduce<messages.FrontPoint__Output | undefined>(
    (a, b) => (a === undefined || b.accuracy > a.accuracy ? b : a),
    undefined,
  );
  const count = (sets: readonly messages.CellOperations__Output[] | undefined) =>
    String((sets ?? []).reduce((sum, { index }) => sum + index.length, 0));
  return [
    String(round),
    String(scored),
    String(front.length),
    percentText(best?.accuracy, 2),
    best === undefined ? '-' : costText(best.cost, unit),
    count(space?.tried),
    count(space?.kept),
    count(space?.dropped),
  ];
}

/** 101 as `1:41`, 4000 as `1:06:40`: narrow enough for all stages on a line. */
function timeText(seconds: number | undefined): string {
  if (seconds === undefined) return '-';
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
