import { cyan, plot, type PlotConfig, yellow } from 'asciichart';
import type { CurvePoint } from '../report.js';
import { block, colorsOf, type TerminalStyle } from './style.js';

const ROWS = 7;
const LABEL_COLUMNS = 8;
/** What asciichart draws its lines with, in its order. */
const ASCII_SYMBOLS: NonNullable<PlotConfig['symbols']> = [
  '+',
  '|',
  '-',
  '-',
  '-',
  '\\',
  '/',
  '\\',
  '/',
  '|',
];

/** The losses of at most two trainings over their steps, as lines; points without a loss are left out. */
export function lossChart(
  curves: Readonly<Record<string, readonly CurvePoint[]>>,
  style: TerminalStyle,
): string {
  const columns = Math.min(100, style.width - LABEL_COLUMNS - 2);
  const series = Object.entries(curves)
    .map(([name, curve]) => ({ name, losses: curve.map(({ loss }) => loss).filter((loss) => loss !== null) }))
    .filter(({ losses }) => losses.length > 0);
  if (series.length === 0 || columns < LABEL_COLUMNS) return '';
  const chart = plot(
    series.map(({ losses }) => resampled(losses, columns)),
    {
      height: ROWS,
      offset: LABEL_COLUMNS + 1,
      format: (loss) => loss.toFixed(2).padStart(LABEL_COLUMNS - 1),
      ...(style.unicode ? {} : { symbols: ASCII_SYMBOLS }),
      ...(style.color ? { colors: [cyan, yellow] } : {}),
    },
  );
  const colors = colorsOf(style);
  const names = series.map(({ name }, index) => (index === 0 ? colors.cyan(name) : colors.yellow(name)));
  const steps = Math.max(...Object.values(curves).map((curve) => curve.at(-1)?.step ?? 0));
  return block([`loss over ${steps} steps: ${names.join(' and ')}`, ...chart.split('\n')], style);
}

function resampled(values: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, index) => {
    return values[Math.floor((index * values.length) / count)] ?? 0;
  });
}
