import { clearScreenDown, cursorTo, moveCursor } from 'node:readline';
import { progressLine, type StageProgress, type TerminalStyle, terminalStyle } from '@nse/report';
import { RateMeter } from './rate.js';

/** How far one task is; several may run at once. */
export type TaskProgress = Omit<StageProgress, 'rate' | 'etaSeconds'> & { readonly task: string };

/** A terminal, or a pipe or file in its place. */
export type Terminal = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Without a terminal to redraw, a line comes each time another such share of a task is done. */
const PLAIN_SHARE = 0.25;

/**
 * The part of the terminal that moves: one line for each task that runs, redrawn in place below what was printed before. In a
 * pipe or file: a line now and then.
 */
export class LiveView {
  private readonly tasks = new Map<string, TaskProgress>();
  private readonly meters = new Map<string, RateMeter>();
  private readonly told = new Map<string, number>();
  private drawn = 0;

  constructor(
    private readonly out: Terminal,
    private readonly now: () => number = () => performance.now() / 1000,
  ) {}

  get style(): TerminalStyle {
    return terminalStyle(this.out, process.env);
  }

  /** The task's line; it stays until `finish` or `clear`. */
  progress(progress: TaskProgress): void {
    const key = keyOf(progress);
    const meter = this.meters.get(key) ?? new RateMeter();
    this.meters.set(key, meter);
    meter.add(progress.step, this.now());
    this.tasks.set(key, progress);
    if (this.interactive()) this.redraw();
    else this.tellNowAndThen(key, progress);
  }

  /** Text that stays, above the moving lines. */
  print(text: string): void {
    this.erase();
    this.out.write(`${text}\n`);
    this.redraw();
  }

  /** Leaves the running tasks' lines as they are and begins anew below them. */
  finish(): void {
    if (this.interactive() && this.tasks.size > 0) this.redraw();
    this.drawn = 0;
    this.tasks.clear();
    this.meters.clear();
    this.told.clear();
  }

  /** Takes the lines of what is over away: those of this `task`. */
  drop(task: string): void {
    this.erase();
    for (const [key, progress] of this.tasks) {
      if (progress.task !== task) continue;
      this.tasks.delete(key);
      this.meters.delete(key);
      this.told.delete(key);
    }
    this.redraw();
  }

  private tellNowAndThen(key: string, progress: TaskProgress): void {
    const share = Math.floor(progress.step / Math.max(1, progress.steps) / PLAIN_SHARE);
    if ((this.told.get(key) ?? 0) >= share) return;
    this.told.set(key, share);
    this.out.write(`${this.line(key, progress)}\n`);
  }

  private redraw(): void {
    if (!this.interactive()) return;
    this.erase();
    for (const [key, progress] of this.tasks) this.out.write(`${this.line(key, progress)}\n`);
    this.drawn = this.tasks.size;
  }

  private erase(): void {
    if (this.drawn === 0) return;
    moveCursor(this.out, 0, -this.drawn);
    cursorTo(this.out, 0);
    clearScreenDown(this.out);
    this.drawn = 0;
  }

  private line(key: string, { task, ...progress }: TaskProgress): string {
    const stage = task === '' ? progress.stage : `${progress.stage} ${task}`;
    return progressLine({ ...progress, stage, ...this.meters.get(key)?.rate(progress.steps) }, this.style);
  }

  private interactive(): boolean {
    return this.out.isTTY === true && process.env['TERM'] !== 'dumb';
  }
}

const keyOf = ({ stage, round, task }: TaskProgress) => `${stage}/${round ?? 0}/${task}`;
