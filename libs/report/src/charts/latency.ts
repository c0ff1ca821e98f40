import type { EChartsOption, LineSeriesOption, ScatterSeriesOption } from 'echarts';
import { bandText, costText } from '../format.js';
import { measuredText } from '../latency.js';
import type { LatencyFigures, LatencyReport, Report } from '../report.js';
import { frame, valueAxis } from './axes.js';

type Pair = readonly [predicted: number, measured: number];

/** What the diagonal and the lines beside it stand for: measured, as a part of predicted. */
const LINES = [
  { name: 'as predicted', measured: 1 },
  { name: '10 % off', measured: 1 / 0.9 },
  { name: '10 % off', measured: 1 / 1.1 },
] as const;

/** What the points are, and their shapes. */
const SYMBOLS = {
  'random architectures': 'circle',
  'measured before the choice': 'diamond',
  chosen: 'circle',
} as const;

/** Whether anything was measured that a chart could show. */
export const hasLatencies = ({ measured, trust }: LatencyReport): boolean =>
  measured.length + (trust?.pairs?.length ?? 0) > 0;

/**
 * What the table predicts against what the device takes, in milliseconds: random architectures that the table was judged by, those
 * that were measured before the choice, and the lines of 0 and 10 % error; the target shaded.
 */
export function latencyOption(report: Report & { readonly latency: LatencyReport }): EChartsOption {
  const { latency, constraint } = report;
  const judged: readonly Pair[] = latency.trust?.pairs ?? [];
  const before = latency.measured.flatMap((figures) =>
    figures.measuredMs === undefined
      ? []
      : [{ figures, pair: [figures.predictedMs, figures.measuredMs] as const }],
  );
  const predicted = [...judged, ...before.map(({ pair }) => pair)].map(([x]) => x);
  const base = frame();
  return {
    ...base,
    legend: { ...base.legend, data: Object.entries(SYMBOLS).map(([name, icon]) => ({ name, icon })) },
    grid: { left: 44, right: 96, top: 48, bottom: 40, containLabel: true },
    xAxis: valueAxis('predicted by the table (ms)', 'x', 30),
    yAxis: valueAxis('measured (ms)', 'y', 46),
    series: [
      scatter(
        'random architectures',
        'var(--random)',
        judged.map((pair) => item(pair, 'random architecture')),
      ),
      scatter(
        'measured before the choice',
        'var(--accent)',
        before.map(({ figures, pair }) => item(pair, roleOf(figures, latency), figures)),
      ),
      ...marked(latency),
      ...lines(predicted, constraint),
    ],
  };
}

function item([predicted, measured]: Pair, title: string, figures?: LatencyFigures) {
  const taken = figures === undefined ? costText(measured, 'ms') : measuredText(figures);
  const name = `${title}\npredicted ${costText(predicted, 'ms')}\nmeasured ${taken}`;
  return { value: [predicted, measured], name };
}

function scatter(
  name: keyof typeof SYMBOLS,
  colour: string,
  data: readonly ReturnType<typeof item>[],
): ScatterSeriesOption {
  return {
    name,
    type: 'scatter',
    symbol: SYMBOLS[name],
    symbolSize: SYMBOLS[name] === 'circle' ? 7 : 11,
    itemStyle: { color: colour },
    tooltip: { formatter: '{b}' },
    data: [...data],
  };
}

const roleOf = ({ code }: LatencyFigures, { chosen, random }: LatencyReport): string =>
  code === chosen.code ? 'the chosen one' : code === random?.code ? 'the random one' : 'of the last front';

/** A ring around the chosen one. */
function marked({ chosen }: LatencyReport): ScatterSeriesOption[] {
  if (chosen.measuredMs === undefined) return [];
  const ring = scatter('chosen', 'transparent', [
    item([chosen.predictedMs, chosen.measuredMs], 'the chosen one', chosen),
  ]);
  const itemStyle = { color: 'transparent', borderColor: 'var(--chosen)', borderWidth: 2.5 };
  return [{ ...ring, symbolSize: 18, z: 10, itemStyle }];
}

function lines(predicted: readonly number[], constraint: Report['constraint']): LineSeriesOption[] {
  const ends = [Math.min(...predicted), Math.max(...predicted)];
  return LINES.map(({ name, measured }, index) => ({
    name,
    type: 'line',
    silent: true,
    showSymbol: false,
    z: 1,
    endLabel: { show: true, formatter: '{a}', color: 'var(--muted)', fontSize: 11 },
    lineStyle: { width: 1.5, color: 'var(--muted)', type: index === 0 ? 'solid' : 'dashed' },
    itemStyle: { color: 'var(--muted)' },
    data: ends.map((x) => [x, x * measured]),
    ...(index === 0 ? { markArea: targetArea(constraint) } : {}),
  }));
}

function targetArea(constraint: Report['constraint']): NonNullable<LineSeriesOption['markArea']> {
  const { target, drift } = constraint;
  return {
    silent: true,
    itemStyle: { color: 'var(--band)' },
    label: { position: 'insideLeft', color: 'var(--muted)', fontSize: 11 },
    data: [[{ name: `target ${bandText(constraint)}`, yAxis: target - drift }, { yAxis: target + drift }]],
  };
}
