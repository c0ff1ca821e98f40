import { type CurveStep, trainingCurve } from '@nse/report';
import { NseError } from '@nse/space';
import { z } from 'zod';
import type { Score } from './round.js';
import type { CurvePoint } from './state.js';

const scores = z.array(
  z.object({
    code: z.string(),
    cost: z.number(),
    macs: z.number(),
    accuracy: z.number(),
    origin: z.enum(['sampled', 'extra', 'front']),
  }),
);

const curve = z.array(
  z.object({
    step: z.number(),
    loss: z.number().nullable(),
    accuracy: z.number().exactOptional(),
    learningRate: z.number().exactOptional(),
  }),
);

/** The scores of a round as the fitness-evaluator stored them. Raises INTERNAL where they are something else. */
export function readScores(bytes: Uint8Array): Score[] {
  return read(bytes, scores, 'scores');
}

/**
 * A training curve of at most 200 points, each the mean over a stretch; a loss is null where none of the stretch was
 * finite. Raises INTERNAL where the bytes are something else.
 */
export function readCurve(bytes: Uint8Array): CurvePoint[] {
  return trainingCurve(read(bytes, curve, 'curve').map(curveStep)).map(curvePoint);
}

function curveStep({ loss, ...rest }: z.infer<typeof curve>[number]): CurveStep {
  return loss === null ? rest : { ...rest, loss };
}

function curvePoint({ accuracy, ...rest }: ReturnType<typeof trainingCurve>[number]): CurvePoint {
  return accuracy === undefined || accuracy === null ? rest : { ...rest, accuracy };
}

function read<T>(bytes: Uint8Array, schema: z.ZodType<T>, what: string): T {
  try {
    return schema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (cause) {
    throw new NseError('INTERNAL', `the stored ${what} of a round cannot be read`, { cause });
  }
}
