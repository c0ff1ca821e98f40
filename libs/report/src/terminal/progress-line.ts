import { block, colorsOf, columnsOf, padded, printable, symbolsOf, type TerminalStyle } from './style.js';

/** How far a stage is. Rate in steps per second; what is not known yet is left out. */
export interface StageProgress {
  readonly stage: string;
  readonly round?: number;
  readonly rounds?: number;
  readonly step: number;
  readonly steps: number;
  readonly rate?: number;
  readonly etaSeconds?: number;
  readonly loss?: number;
  readonly accuracy?: number;
}

const LABEL_COLUMNS = 24;
const BAR_COLUMNS = { least: 8, most: 32 };

/** Which parts go first where the line is narrow. */
const LEAST_NEEDED_FIRST = ['accuracy', 'rate', 'loss', 'steps', 'left'] as const;

type Part = (typeof LEAST_NEEDED_FIRST)[number] | 'percent';

/**
 * A stage as one line: name, bar, share, steps, rate, time left, loss. Never wider than the terminal: what matters least
 * is left out, then the bar, then the line is cut.
 */
export function progressLine(progress: StageProgress, style: TerminalStyle): string {
  const colors = colorsOf(style);
  const done = progress.steps > 0 ? Math.min(1, Math.max(0, progress.step / progress.steps)) : 0;
  const label = padded(labelOf(progress, style), Math.min(LABEL_COLUMNS, Math.floor(style.width / 3)));
  const parts = partsOf(progress, done);
  const room = () => style.width - columnsOf(label) - 2 - columnsOf([...parts.values()].join('  ')) - 2;
  for (const part of LEAST_NEEDED_FIRST) if (room() < BAR_COLUMNS.least) parts.delete(part);
  const columns = Math.min(BAR_COLUMNS.most, room());
  const bar = columns < BAR_COLUMNS.least ? [] : [barOf(done, columns, style)];
  return block([[colors.bold(label), ...bar, ...parts.values()].join('  ')], style);
}

function labelOf({ stage, round, rounds }: StageProgress, style: TerminalStyle): string {
  const place = round === undefined ? '' : `Round ${round}${rounds === undefined ? '' : `/${rounds}`} `;
  return printable(place + stage, style);
}

function partsOf(
  { step, steps, rate, etaSeconds, loss, accuracy }: StageProgress,
  done: number,
): Map<Part, string> {
  const parts = new Map<Part, string>();
  const known = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);
  parts.set('percent', `${Math.floor(done * 100)}%`.padStart(4));
  if (steps > 0) parts.set('steps', `${String(step).padStart(String(steps).length)}/${steps}`);
  if (known(rate)) parts.set('rate', `${rate.toFixed(rate < 100 ? 1 : 0)}/s`.padStart(6));
  if (known(etaSeconds)) parts.set('left', `${clock(etaSeconds)} left`);
  if (known(loss)) parts.set('loss', `loss ${loss.toFixed(3)}`);
  if (known(accuracy)) parts.set('accuracy', `acc ${(accuracy * 100).toFixed(1)}%`);
  return parts;
}

function barOf(done: number, columns: number, style: TerminalStyle): string {
  const { full, empty } = symbolsOf(style);
  const colors = colorsOf(style);
  const inner = style.unicode ? columns : columns - 2;
  const filled = Math.round(done * inner);
  const bar = colors.cyan(full.repeat(filled)) + colors.dim(empty.repeat(inner - filled));
  return style.unicode ? bar : `[${bar}]`;
}

/** 83 as `1:23`, 4000 as `1:06:40`. */
function clock(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
