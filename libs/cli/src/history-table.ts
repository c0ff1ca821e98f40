import { costText, durationText, percentText } from '@nse/report';
import type { messages } from '@nse/rpc';
import type { Budget } from '@nse/spec';
import { columns } from './columns.js';

/** The completed rounds of a search, a line each: the front and its best, what happened to operations, seconds by stage. */
export function historyTable(rounds: readonly messages.Round__Output[], unit: Budget['unit']): string {
  const stages = [...new Set(rounds.flatMap(({ seconds }) => Object.keys(seconds)))];
  const titles = ['ROUND', 'SCORED', 'FRONT', 'BEST', 'AT', 'TRIED', 'KEPT', 'DROPPED'];
  const upper = stages.map((stage) => stage.toUpperCase());
  const rows = rounds.map((round) => [
    ...facts(round, unit),
    ...stages.map((stage) => timeText(round.seconds[stage])),
  ]);
  return columns([...titles, ...upper], rows, [...titles, ...upper]);
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

const timeText = (seconds: number | undefined) => (seconds === undefined ? '-' : durationText(seconds));
