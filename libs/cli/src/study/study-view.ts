import { durationText, percentText } from '@nse/report';
import type { messages } from '@nse/rpc';
import { type RunResult, secondsLeft, type StudyRun } from '@nse/study';
import type { LiveView, Terminal } from '../live.js';

/** Tells how a study comes on: a line for what has happened, and in a terminal one that moves for each run under way. */
export class StudyView {
  private readonly stages = new Map<string, string>();
  private readonly results: RunResult[];

  /** @param before the results of those of `runs` that were over before */
  constructor(
    private readonly view: LiveView,
    private readonly out: Terminal,
    private readonly runs: readonly StudyRun[],
    private readonly parallel: number,
    before: readonly RunResult[],
  ) {
    this.results = [...before];
  }

  print(text: string): void {
    this.view.print(text);
  }

  begun({ name, search, spec }: StudyRun): void {
    this.print(`${name} begins: search ${search}, ${spec.rounds} ${spec.rounds === 1 ? 'round' : 'rounds'}`);
  }

  round({ name }: StudyRun, { round, rounds, bestAccuracy, seconds }: messages.Round__Output): void {
    const time = durationText((seconds['train'] ?? 0) + (seconds['evaluate'] ?? 0));
    this.print(`${name}: round ${round} of ${rounds}, best ${percentText(bestAccuracy)}, ${time}`);
  }

  /** A step of one of the run's tasks; in a pipe or file nothing is told of it. */
  progress({ name }: StudyRun, stage: string, { step, steps, loss, round }: StepProgress): void {
    if (this.out.isTTY !== true) return;
    const key = `${stage}/${round ?? 0}`;
    if (this.stages.get(name) !== key) this.view.drop(name);
    this.stages.set(name, key);
    this.view.progress({ stage, task: name, step, steps, ...(loss === undefined ? {} : { loss }) });
  }

  /** Something was trained besides the run's search; a terminal's moving line has told of it. */
  trained({ name }: StudyRun, what: string, testAccuracy: number): void {
    if (this.out.isTTY !== true) this.print(`${name}: ${what}, ${percentText(testAccuracy)} on test images`);
  }

  ended({ name }: StudyRun, result: RunResult): void {
    this.view.drop(name);
    this.results.push(result);
    const seconds = (Date.parse(result.endedAt) - Date.parse(result.startedAt)) / 1000;
    const what =
      result.state === 'failed'
        ? `failed at ${result.failure.stage}: ${result.failure.reason}`
        : `${percentText(result.chosen.testAccuracy)} on test images`;
    this.print(
      `[${this.results.length}/${this.runs.length}] ${name}: ${what}, after ${durationText(seconds)}${this.left()}`,
    );
  }

  /** How long the rest will take, by how long runs have taken. */
  private left(): string {
    const seconds = secondsLeft(this.runs, this.results) ?? 0;
    return seconds === 0 ? '' : `; about ${durationText(seconds / this.parallel)} left`;
  }
}

/** How far a task is. */
export interface StepProgress {
  readonly step: number;
  readonly steps: number;
  readonly loss?: number | undefined;
  readonly round?: number | undefined;
}
