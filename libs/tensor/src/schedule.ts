/** Learning rates of one round or training: linear warm-up, then half a cosine. */
export interface LearningRateSchedule {
  /** At step 0 when there is a warm-up. */
  readonly start: number;
  /** At the first step after the warm-up. */
  readonly peak: number;
  /** Where the cosine would arrive one step after the last. */
  readonly final: number;
  readonly warmupSteps: number;
  readonly steps: number;
}

/** The learning rate of a step, counted from 0 (golden data, `lr.json`). */
export function learningRateAt(step: number, schedule: LearningRateSchedule): number {
  const { start, peak, final, warmupSteps, steps } = schedule;
  if (step < warmupSteps) return start + ((peak - start) * step) / warmupSteps;
  const done = (step - warmupSteps) / (steps - warmupSteps);
  return final + ((peak - final) * (1 + Math.cos(Math.PI * done))) / 2;
}
