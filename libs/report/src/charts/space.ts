import type { EChartsOption } from 'echarts';
import { FATES, spaceAfter } from '../evolution.js';
import type { Report } from '../report.js';
import { frame } from './axes.js';

/** Fates in words, in the order of `FATES`. */
export const FATE_WORDS = [
  'not tried yet',
  'left in an earlier round',
  'pruned while training',
  'dropped',
  'kept: on the front',
] as const;

/** In the cells of the heat map, so that colour is never the only sign. */
const FATE_MARKS = ['', '·', '−', '×', '●'] as const;
const MARK_COLOURS = ['light', 'light', 'dark', 'light', 'dark'].map((fate) => `var(--on-${fate}-fate)`);

const CHARACTER_WIDTH = 6.6;
const SQUARE = { width: 17, height: 27 };
const LEGEND_HEIGHT = 44;

/** All rounds of the heat map in few bytes; the page picks one and makes its data from it. */
export interface SpaceData {
  readonly operations: readonly string[];
  readonly cells: readonly string[];
  readonly words: readonly string[];
  readonly marks: readonly string[];
  readonly markColours: readonly string[];
  /** What the chart needs at least, in pixels. */
  readonly height: number;
  readonly width: number;
  /** Per round and cell, one digit an operation: its place in `FATES`, 5 more where it is new in this round. */
  readonly fates: readonly (readonly string[])[];
  /** Per round and cell, the chance of being on, by operation; only those of the supernet. */
  readonly fitness: readonly (readonly Readonly<Record<number, number>>[])[];
}

export function spaceData({ rounds, pool, network }: Report): SpaceData {
  return {
    operations: pool.operations,
    cells: network.cells.map(({ kind, outChannels }, index) => `${index} ${kind} ${outChannels}`),
    words: FATE_WORDS,
    marks: FATE_MARKS,
    markColours: MARK_COLOURS,
    height: LEGEND_HEIGHT + network.cells.length * SQUARE.height + labelHeight(pool.operations),
    width: 80 + pool.operations.length * SQUARE.width,
    fates: rounds.map((_, index) =>
      spaceAfter(rounds.slice(0, index + 1), pool.operations.length).map((cell) =>
        cell.map(({ fate, fresh }) => FATES.indexOf(fate) + (fresh ? FATES.length : 0)).join(''),
      ),
    ),
    fitness: rounds.map(({ space, fitness }) =>
      space.subsets.map((subset, cell) => {
        const known = subset.map((operation, place) => [operation, fitness[cell]?.[place]] as const);
        return Object.fromEntries(
          known.filter((pair): pair is [number, number] => typeof pair[1] === 'number'),
        );
      }),
    ),
  };
}

/** The heat map of cells by operations, without data: that of a round is put in by the page. */
export function spaceOption({ network, pool }: Report): EChartsOption {
  const base = frame();
  const axis = { type: 'category' as const, axisLine: { show: false }, axisTick: { show: false } };
  const label = { color: 'var(--muted)', fontSize: 11 };
  return {
    ...base,
    tooltip: { ...base.tooltip, formatter: '{b}' },
    grid: { left: 76, right: 8, top: LEGEND_HEIGHT, bottom: labelHeight(pool.operations) },
    xAxis: {
      ...axis,
      data: pool.operations.map((name, index) => `${index}  ${name}`),
      axisLabel: { ...label, rotate: 90, interval: 0 },
    },
    yAxis: {
      ...axis,
      inverse: true,
      data: network.cells.map(({ kind, outChannels }, index) => `${index} ${kind} ${outChannels}`),
      axisLabel: { ...label, interval: 0 },
    },
    visualMap: {
      type: 'piecewise',
      dimension: 2,
      orient: 'horizontal',
      top: 0,
      left: 0,
      itemWidth: 12,
      itemHeight: 12,
      itemGap: 14,
      textStyle: { color: 'var(--ink)', fontSize: 12 },
      pieces: FATES.map((fate, index) => ({
        value: index,
        label: `${FATE_MARKS[index] ?? ''} ${FATE_WORDS[index] ?? fate}`.trim(),
        color: `var(--${fate})`,
      })),
    },
    series: [
      {
        type: 'heatmap',
        label: { show: true, fontSize: 10 },
        itemStyle: { borderColor: 'var(--paper)', borderWidth: 1.5, borderRadius: 3 },
        data: [],
      },
    ],
  };
}

/** The room for the names of operations, which stand upright. */
function labelHeight(operations: readonly string[]): number {
  return 20 + CHARACTER_WIDTH * Math.max(0, ...operations.map((name) => name.length + 4));
}
