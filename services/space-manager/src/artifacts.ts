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

/** How many points of a curve a record keeps. */
const CURVE_POINTS = 200;

/** The scores of a round as the fitness-evaluator stored them. Raises INTERNAL where they are something else. */
export function readScores(bytes: Uint8Array): Score[] {
  return read(bytes, scores, 'scores');
}

/** A training curve, thinned to 200 points with the first and the last. Raises INTERNAL where it is something else. */
export function readCurve(bytes: Uint8Array): CurvePoint[] {
  const points = read(bytes, curve, 'curve');
  if (points.length <= CURVE_POINTS) return points;
  const stride = (points.length - 1) / (CURVE_POINTS - 1);
  return Array.from({ length: CURVE_POINTS }, (_, index) => points[Math.round(index * stride)]).flatMap(
    (point) => point ?? [],
  );
}

function read<T>(bytes: Uint8Array, schema: z.ZodType<T>, what: string): T {
  try {
    return schema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (cause) {
    throw new NseError('INTERNAL', `the stored ${what} of a round cannot be read`, { cause });
  }
}
