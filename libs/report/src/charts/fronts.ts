import type { EChartsOption, LineSeriesOption, ScatterSeriesOption } from 'echarts';
import { inherited } from '../evolution.js';
import { bandText, costText, percentText } from '../format.js';
import type { Report, RoundReport } from '../report.js';
import { frame, valueAxis } from './axes.js';

/** Shapes go round as colours do, so that colour is never the only sign. */
const PENTAGON = 'path://M0,-10L9.5,-3.1L5.9,8.1L-5.9,8.1L-9.5,-3.1Z';
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', PENTAGON];

const symbolOf = (index: number): string => SYMBOLS[index % SYMBOLS.length] ?? 'circle';

interface Costed {
  readonly macs: number;
  readonly latencyMs?: number;
}

/**
 * The front after every round: cost against accuracy on held-out images, filled where an architecture is new, hollow where
 * it was inherited; behind them all that was scored; the target band shaded; the chosen and the random one marked.
 */
export function frontsOption(report: Report): EChartsOption {
  const { constraint, rounds } = report;
  const { unit } = constraint;
  const base = frame();
  return {
    ...base,
    legend: {
      ...base.legend,
      data: rounds.map(({ round }, index) => ({ name: `Round ${round}`, icon: symbolOf(index) })),
    },
    grid: { left: 44, right: 24, top: 48, bottom: 40, containLabel: true },
    xAxis: valueAxis(
      unit === 'macs' ? 'multiply-accumulates (millions)' : 'latency by the table (ms)',
      'x',
      30,
    ),
    yAxis: valueAxis('accuracy on held-out images (%)', 'y', 42),
    series: [
      // Fronts first: the legend takes its marks from the first series of a name.
      ...rounds.map((round, index) => front(round, index, report)),
      ...rounds.flatMap((round, index) => cloud(round, index, report)),
      ...marked(report),
    ],
  };
}

function front(round: RoundReport, index: number, { rounds, constraint }: Report): LineSeriesOption {
  const colour = `var(--round-${index + 1})`;
  const before = inherited(rounds, index);
  return {
    name: `Round ${round.round}`,
    type: 'line',
    symbol: symbolOf(index),
    symbolSize: 9,
    lineStyle: { width: index === rounds.length - 1 ? 2.5 : 1.5, color: colour },
    itemStyle: { color: colour },
    emphasis: { focus: 'series' },
    tooltip: { formatter: '{b}' },
    data: round.front.map((point) => {
      const old = before.has(point.code);
      return {
        value: [position(point, constraint), percent(point.accuracy)],
        name: tooltip(
          `Round ${round.round}, ${old ? 'inherited' : 'new'}`,
          point,
          point.accuracy,
          point.code,
          constraint,
        ),
        itemStyle: { color: old ? 'var(--paper)' : colour, borderColor: colour, borderWidth: 2 },
      };
    }),
    ...(index === 0 ? { markArea: band(constraint) } : {}),
  };
}

function cloud({ round, scores }: RoundReport, index: number, { constraint }: Report): ScatterSeriesOption[] {
  if (scores === undefined || scores.length === 0) return [];
  return [
    {
      name: `Round ${round}`,
      type: 'scatter',
      symbolSize: 4,
      z: 1,
      silent: true,
      itemStyle: { color: `var(--round-${index + 1})`, opacity: 0.35 },
      data: scores.map(([cost, accuracy]) => [inUnits(cost, constraint), percent(accuracy)]),
    },
  ];
}

function marked({ chosen, random, constraint }: Report): ScatterSeriesOption[] {
  const mark = (name: string, symbol: string, one: Costed & { code: string; accuracy?: number }) => {
    if (one.accuracy === undefined) return [];
    const series: ScatterSeriesOption = {
      name,
      type: 'scatter',
      symbol,
      symbolSize: 18,
      z: 10,
      itemStyle: { color: 'transparent', borderColor: `var(--${name})`, borderWidth: 2.5 },
      label: {
        show: true,
        formatter: name,
        position: 'top',
        distance: 6,
        fontWeight: 600,
        color: `var(--${name})`,
      },
      tooltip: { formatter: '{b}' },
      data: [
        {
          value: [position(one, constraint), percent(one.accuracy)],
          name: tooltip(`The ${name} one`, one, one.accuracy, one.code, constraint),
        },
      ],
    };
    return [series];
  };
  return [...mark('chosen', 'circle', chosen), ...(random === null ? [] : mark('random', 'rect', random))];
}

function band(constraint: Report['constraint']): NonNullable<LineSeriesOption['markArea']> {
  const { target, drift } = constraint;
  const name = `target ${bandText(constraint)}`;
  return {
    silent: true,
    itemStyle: { color: 'var(--band)' },
    label: { position: 'insideBottom', distance: 10, color: 'var(--muted)', fontSize: 11 },
    data: [
      [{ name, xAxis: inUnits(target - drift, constraint) }, { xAxis: inUnits(target + drift, constraint) }],
    ],
  };
}

function tooltip(
  title: string,
  one: Costed,
  accuracy: number,
  code: string,
  { unit }: Report['constraint'],
): string {
  const latency = one.latencyMs === undefined || unit === 'macs' ? '' : `, ${costText(one.latencyMs, 'ms')}`;
  return [
    title,
    `${percentText(accuracy)} at ${costText(one.macs, 'macs')} MACs${latency}`,
    ...broken(code),
  ].join('\n');
}

/** A code in lines short enough for a tooltip. */
function broken(code: string): string[] {
  return code.match(/.{1,48}(?:\.|$)|.{1,48}/g) ?? [];
}

const position = ({ macs, latencyMs }: Costed, constraint: Report['constraint']): number =>
  inUnits(constraint.unit === 'ms' ? (latencyMs ?? 0) : macs, constraint);

const inUnits = (cost: number, { unit }: Report['constraint']): number =>
  unit === 'macs' ? cost / 1e6 : cost;

const percent = (share: number): number => Number((share * 100).toFixed(3));
