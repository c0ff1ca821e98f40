import { inherited } from '../evolution.js';
import { bandText, costText, percentText } from '../format.js';
import type { Constraint, FrontPoint, RoundReport } from '../report.js';
import { type ScatterSeries, scatterChart } from './scatter.js';
import { block, colorsOf, symbolsOf, type TerminalStyle } from './style.js';

const ROWS = 13;

/** One front as a chart, cost to the right and accuracy upwards: new architectures and those inherited from the round before. */
export function frontChart(
  rounds: readonly RoundReport[],
  constraint: Constraint,
  style: TerminalStyle,
  rows = ROWS,
): string {
  const { fresh, old } = symbolsOf(style);
  const colors = colorsOf(style);
  const before = inherited(rounds, rounds.length - 1);
  const front = rounds.at(-1)?.front ?? [];
  const chart = costChart(
    [
      { mark: old, points: pointsOf(front.filter(({ code }) => before.has(code))) },
      { mark: fresh, paint: colors.cyan, points: pointsOf(front.filter(({ code }) => !before.has(code))) },
    ],
    constraint,
    style,
    rows,
  );
  const legend = `${colors.cyan(fresh)} new  ${old} inherited  ${bandLegend(constraint, style)}`;
  return block([...chart.split('\n'), legend], style);
}

/** The fronts of all rounds in one chart, each point as the number of its round, with the chosen architecture. */
export function frontsChart(
  rounds: readonly RoundReport[],
  constraint: Constraint,
  chosen: { readonly macs: number; readonly latencyMs?: number; readonly accuracy?: number } | undefined,
  style: TerminalStyle,
  rows = ROWS + 3,
): string {
  const colors = colorsOf(style);
  const paints = [colors.dim, colors.blue, colors.cyan, colors.green, colors.yellow, colors.magenta];
  const series: ScatterSeries[] = rounds.map(({ round, front }, index) => ({
    mark: round.toString(36).slice(-1),
    paint: paints[Math.max(0, paints.length - rounds.length + index)] ?? colors.dim,
    points: pointsOf(front),
  }));
  const mark = symbolsOf(style).chosen;
  if (chosen?.accuracy !== undefined) {
    const points = pointsOf([{ code: '', ...chosen, accuracy: chosen.accuracy }]);
    series.push({ mark, paint: colors.bold, points });
  }
  const fronts = rounds.length === 1 ? '1 front' : `1-${rounds.length} fronts by round`;
  const legend = `${fronts}  ${colors.bold(mark)} chosen  ${bandLegend(constraint, style)}`;
  return block([...costChart(series, constraint, style, rows).split('\n'), legend], style);
}

function costChart(
  series: readonly ScatterSeries[],
  constraint: Constraint,
  style: TerminalStyle,
  rows: number,
) {
  const { unit, target, drift } = constraint;
  const axes = {
    xLabel: unit === 'macs' ? 'multiply-accumulates' : 'latency',
    yLabel: 'accuracy on held-out images',
    xText: (cost: number) => costText(cost, unit),
    yText: (accuracy: number) => percentText(accuracy, 1),
    guides: [target - drift, target + drift],
    rows,
  };
  return scatterChart(series, axes, style);
}

function bandLegend(constraint: Constraint, style: TerminalStyle): string {
  const { band, plusMinus } = symbolsOf(style);
  return `${band} target ${bandText(constraint, plusMinus)}`;
}

const pointsOf = (front: readonly FrontPoint[]) =>
  front.map(({ macs, latencyMs, accuracy }) => ({ x: latencyMs ?? macs, y: accuracy }));
