import { frame, valueAxis } from '@nse/report';
import { colourOf, symbolOf } from './colours.js';
import { labelOf, methodsOf } from './labels.js';
import type { RunReport, StudyReport } from './report.js';

/** An option of echarts, as plain JSON. */
export type ChartOption = Readonly<Record<string, unknown>>;

type Outcome = NonNullable<RunReport['outcome']>;
type Measure = (outcome: Outcome) => number | null;

const GRID = { left: 44, right: 24, top: 56, bottom: 40, containLabel: true };

/** A figure by pool size: a line of means for each method, and a mark for each seed. */
export function bySizeOption(report: StudyReport, axis: string, of: Measure): ChartOption {
  const base = frame();
  const plain = report.runs.filter(({ variant }) => variant === null);
  return {
    ...base,
    grid: GRID,
    xAxis: sizeAxis(report),
    yAxis: valueAxis(axis, 'y', 44),
    series: methodsOf(report).flatMap((method, index) =>
      seriesOf(
        method,
        index,
        plain.filter((run) => run.method === method),
        of,
      ),
    ),
  };
}

function sizeAxis({ axes }: StudyReport) {
  return {
    ...valueAxis('operations in the pool', 'x', 30),
    type: 'category' as const,
    data: axes.poolSizes.toSorted((a, b) => a - b).map(String),
  };
}

function seriesOf(name: string, index: number, runs: readonly RunReport[], of: Measure): ChartOption[] {
  const marks = runs.flatMap(({ outcome, poolSize, seed }) => {
    const value = outcome === null ? null : of(outcome);
    if (value === null) return [];
    return [{ place: poolSize, value, title: `${name}, ${poolSize} operations, seed ${seed}` }];
  });
  const titleOf = (size: number) => `${name}, ${size} operations`;
  return lineAndMarks({ name, index, marks, titleOf, atPlace: String, size: 6, opacity: 0.45, focus: true });
}

/** A figure of the variants: a mark for each seed, a bar for their mean. */
export function variantsOption(report: StudyReport, axis: string, of: Measure): ChartOption {
  const labels = report.groups.map((group) => `${labelOf(group)}, ${group.poolSize}`);
  const labelOfRun = (run: RunReport) => `${labelOf(run)}, ${run.poolSize}`;
  const marks = report.runs.flatMap((run) => {
    const value = run.outcome === null ? null : of(run.outcome);
    return value === null ? [] : [{ label: labelOfRun(run), seed: run.seed, value }];
  });
  const base = frame();
  return {
    ...base,
    legend: { ...base.legend, show: false },
    grid: { ...GRID, top: 24 },
    xAxis: {
      ...valueAxis('', 'x', 30),
      type: 'category',
      data: labels,
      axisLabel: { color: 'var(--muted)', fontSize: 12, interval: 0, rotate: labels.length > 5 ? 24 : 0 },
    },
    yAxis: valueAxis(axis, 'y', 44),
    series: [
      {
        name: 'mean',
        type: 'scatter',
        symbol: 'rect',
        symbolSize: [36, 3],
        itemStyle: { color: 'var(--ink)' },
        tooltip: { formatter: '{b}' },
        data: labels.flatMap((label) => {
          const own = marks.filter((mark) => mark.label === label).map(({ value }) => value);
          if (own.length === 0) return [];
          const mean = rounded(meanOf(own));
          return [{ value: [label, mean], name: `${label}\nmean of ${own.length}: ${mean}` }];
        }),
      },
      {
        name: 'seeds',
        type: 'scatter',
        symbolSize: 9,
        itemStyle: { color: colourOf(0), opacity: 0.6 },
        tooltip: { formatter: '{b}' },
        data: marks.map(({ label, seed, value }) => ({
          value: [label, rounded(value)],
          name: `${label}, seed ${seed}\n${rounded(value)}`,
        })),
      },
    ],
  };
}

/** Scores of the supernet beside accuracies after training from scratch, one kind of mark for each kind of run. */
export function rankOption({ runs }: StudyReport): ChartOption {
  const ranked = runs.filter(({ outcome }) => outcome !== null && outcome.rank !== null);
  const labels = [...new Set(ranked.map(labelOf))];
  return {
    ...frame(),
    grid: GRID,
    xAxis: valueAxis('accuracy in the supernet (%)', 'x', 30),
    yAxis: valueAxis('test accuracy after training from scratch (%)', 'y', 44),
    series: labels.map((label, index) => ({
      name: label,
      type: 'scatter',
      symbol: symbolOf(index),
      symbolSize: 8,
      itemStyle: { color: colourOf(index), opacity: 0.75 },
      tooltip: { formatter: '{b}' },
      data: ranked
        .filter((run) => labelOf(run) === label)
        .flatMap(({ run, outcome }) =>
          (outcome?.rank?.pairs ?? []).map(([score, trained]) => ({
            value: [rounded(100 * score), rounded(100 * trained)],
            name: `${run}\n${rounded(100 * score)} % in the supernet\n${rounded(100 * trained)} % trained`,
          })),
        ),
    })),
  };
}

/** How fronts come on from round to round: lines of means over seeds, marks for each point that was trained. */
export function roundsOption(report: StudyReport): ChartOption {
  const { runs } = report;
  const several = runs.filter(({ outcome }) => (outcome?.rounds.length ?? 0) > 1);
  const isTrained = several.some(({ outcome }) =>
    outcome?.rounds.some(({ retrained }) => retrained.length > 0),
  );
  const valuesOf = ({ retrained, hypervolume }: Outcome['rounds'][number]) =>
    isTrained ? retrained.map(({ accuracy }) => 100 * accuracy) : [hypervolume];
  const labels = [...new Set(several.map((run) => `${labelOf(run)}, ${run.poolSize}`))];
  return {
    ...frame(),
    grid: GRID,
    xAxis: { ...valueAxis('round', 'x', 30), minInterval: 1 },
    yAxis: valueAxis(
      isTrained ? 'test accuracy of the front, trained from scratch (%)' : 'hypervolume of the front',
      'y',
      44,
    ),
    series: labels.flatMap((label, index) => {
      const own = several.filter((run) => `${labelOf(run)}, ${run.poolSize}` === label);
      const marks = own.flatMap(({ run, outcome }) =>
        (outcome?.rounds ?? []).flatMap((round) =>
          valuesOf(round).map((value) => ({
            place: round.round,
            value,
            title: `${run}, round ${round.round}`,
          })),
        ),
      );
      const titleOf = (round: number) => `${label}, round ${round}`;
      const atPlace = (round: number) => round;
      return lineAndMarks({
        name: label,
        index,
        marks,
        titleOf,
        atPlace,
        size: 5,
        opacity: 0.4,
        focus: false,
      });
    }),
  };
}

interface Marked {
  readonly name: string;
  readonly index: number;
  readonly marks: readonly { readonly place: number; readonly value: number; readonly title: string }[];
  /** What the tooltip says of a mean. */
  readonly titleOf: (place: number) => string;
  /** A place as the x axis has it. */
  readonly atPlace: (place: number) => number | string;
  /** Of the marks. */
  readonly size: number;
  readonly opacity: number;
  /** Whether the others fade where the line is pointed at. */
  readonly focus: boolean;
}

/** A line of means over the x axis, and a mark for each value. */
function lineAndMarks({ name, index, marks, titleOf, atPlace, size, opacity, focus }: Marked): ChartOption[] {
  if (marks.length === 0) return [];
  const places = [...new Set(marks.map(({ place }) => place))].sort((a, b) => a - b);
  const colour = colourOf(index);
  return [
    {
      name,
      type: 'line',
      symbol: symbolOf(index),
      symbolSize: 9,
      lineStyle: { width: 2, color: colour },
      itemStyle: { color: colour },
      ...(focus ? { emphasis: { focus: 'series' } } : {}),
      tooltip: { formatter: '{b}' },
      data: places.map((place) => {
        const own = marks.filter((mark) => mark.place === place).map(({ value }) => value);
        const mean = rounded(meanOf(own));
        return { value: [atPlace(place), mean], name: `${titleOf(place)}\nmean of ${own.length}: ${mean}` };
      }),
    },
    {
      name,
      type: 'scatter',
      symbol: symbolOf(index),
      symbolSize: size,
      itemStyle: { color: colour, opacity },
      tooltip: { formatter: '{b}' },
      data: marks.map(({ place, value, title }) => ({
        value: [atPlace(place), rounded(value)],
        name: `${title}\n${rounded(value)}`,
      })),
    },
  ];
}

/** The fronts of one run in the plane of cost and accuracy, round by round. */
export function frontsOption({ outcome }: RunReport, unit: StudyReport['unit']): ChartOption {
  const inUnits = (cost: number) => rounded(unit === 'macs' ? cost / 1e6 : cost);
  return {
    ...frame(),
    grid: GRID,
    xAxis: valueAxis(
      unit === 'macs' ? 'multiply-accumulates (millions)' : 'latency by the table (ms)',
      'x',
      30,
    ),
    yAxis: valueAxis('accuracy on held-out images (%)', 'y', 44),
    series: (outcome?.rounds ?? []).map(({ round, front }, index) => ({
      name: `Round ${round}`,
      type: 'line',
      symbol: symbolOf(index),
      symbolSize: 8,
      lineStyle: { width: 2, color: `var(--round-${index + 1})` },
      itemStyle: { color: `var(--round-${index + 1})` },
      tooltip: { formatter: '{b}' },
      data: front.map(({ cost, accuracy }) => ({
        value: [inUnits(cost), rounded(100 * accuracy)],
        name: `Round ${round}\n${rounded(100 * accuracy)} % at ${inUnits(cost)}`,
      })),
    })),
  };
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const rounded = (value: number) => Number(value.toPrecision(5));
