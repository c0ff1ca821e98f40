import type { EChartsOption } from 'echarts';
import type { CurvePoint, Report } from '../report.js';
import { frame, valueAxis } from './axes.js';

export interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly CurvePoint[];
}

/** The supernet's training, one curve a round. */
export function supernetCurves({ rounds }: Report): Curve[] {
  return rounds.map(({ round, curve }, index) => ({
    name: `Round ${round}`,
    colour: `var(--round-${index + 1})`,
    points: curve,
  }));
}

/** The trainings from scratch, one beside the other. */
export function retrainCurves({ retrain, random }: Report): Curve[] {
  return [
    { name: 'chosen', colour: 'var(--chosen)', points: retrain.curve },
    ...(random === null ? [] : [{ name: 'random', colour: 'var(--random)', points: random.curve }]),
  ];
}

/** Loss by step. Points without a finite loss leave a gap. */
export function lossOption(curves: readonly Curve[]): EChartsOption {
  return {
    ...frame(),
    tooltip: { ...frame().tooltip, trigger: 'axis', axisPointer: { lineStyle: { color: 'var(--muted)' } } },
    grid: { left: 28, right: 16, top: 44, bottom: 36, containLabel: true },
    xAxis: { ...valueAxis('step', 'x', 30), scale: false },
    yAxis: valueAxis('loss (cross-entropy)', 'y', 38),
    series: curves.map(({ name, colour, points }, index) => ({
      name,
      type: 'line',
      showSymbol: false,
      lineStyle: { width: 2, color: colour, type: index === 1 && curves.length === 2 ? 'dashed' : 'solid' },
      itemStyle: { color: colour },
      emphasis: { focus: 'series' },
      data: points.map(({ step, loss }) => [step, loss === null ? '-' : Number(loss.toFixed(4))]),
    })),
  };
}
