import type { CurvePoint } from './report.js';

/** One step of a training, as the engine gives it: its loss may be missing or not finite. */
export interface CurveStep {
  readonly step: number;
  readonly loss?: number;
  readonly accuracy?: number;
  readonly learningRate?: number;
}

/**
 * A training curve for the report: at most `most` points, each the mean over as many steps, placed at the last
 * step of the stretch; the learning rate is that of the last step. What is not finite becomes null.
 */
export function trainingCurve(steps: readonly CurveStep[], most = 200): CurvePoint[] {
  const stretch = Math.max(1, Math.ceil(steps.length / most));
  return Array.from({ length: Math.ceil(steps.length / stretch) }, (_, index) =>
    point(steps.slice(index * stretch, (index + 1) * stretch)),
  );
}

function point(stretch: readonly CurveStep[]): CurvePoint {
  const last = stretch.at(-1);
  const loss = mean(stretch.map((step) => step.loss));
  const accuracy = mean(stretch.map((step) => step.accuracy));
  const learningRate = last?.learningRate;
  return {
    step: last?.step ?? 0,
    loss,
    ...(stretch.some((step) => step.accuracy !== undefined) ? { accuracy } : {}),
    ...(learningRate !== undefined && Number.isFinite(learningRate) ? { learningRate } : {}),
  };
}

function mean(values: readonly (number | undefined)[]): number | null {
  const present = values.filter((value) => value !== undefined);
  const average = present.reduce((sum, value) => sum + value, 0) / present.length;
  return Number.isFinite(average) ? average : null;
}
