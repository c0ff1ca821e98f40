import { NseError } from '@nse/space';
import { z } from 'zod';

const whole = z.int().nonnegative();
const share = z.number().min(0).max(1);
const amount = z.number().nonnegative();

const frontPoint = z.strictObject({
  code: z.string(),
  /** In the unit of the constraint. */
  cost: amount,
  macs: whole,
  /** With the supernet's weights, on held-out images. */
  accuracy: share,
  /** The round that found it. */
  round: whole,
});

const round = z.strictObject({
  round: whole,
  /** Steps of weight training. */
  steps: whole,
  scored: whole,
  bestAccuracy: share,
  front: z.array(frontPoint),
  /** Wall time. */
  seconds: z.strictObject({ train: amount, evaluate: amount }),
  /** The most memory that a worker held; null where nobody said. */
  peakMemoryBytes: z.strictObject({ train: whole.nullable(), evaluate: whole.nullable() }),
});

const trained = {
  code: z.string(),
  macs: whole,
  params: whole,
  /** After training from scratch, on test images. */
  testAccuracy: share,
  /** Of the training from scratch. */
  seconds: amount,
};

const outcome = z.strictObject({
  chosen: z.strictObject({ ...trained, cost: amount, supernetAccuracy: share }),
  random: z.strictObject(trained).nullable(),
  rounds: z.array(round),
  /** Architectures drawn from the last supernet's band, in the order drawn. */
  rank: z
    .strictObject({
      round: whole,
      epochs: z.number().positive(),
      architectures: z.array(
        z.strictObject({ code: z.string(), cost: amount, supernetAccuracy: share, testAccuracy: share }),
      ),
    })
    .nullable(),
  /** What was trained of the fronts; points that several rounds share come once. */
  fronts: z
    .strictObject({
      epochs: z.number().positive(),
      /** Per round, the codes that were trained. */
      rounds: z.array(z.array(z.string())),
      models: z.array(z.strictObject({ code: z.string(), cost: amount, testAccuracy: share })),
    })
    .nullable(),
});

const failure = z.strictObject({ stage: z.string(), round: whole, reason: z.string() });

const facts = {
  schema: z.literal(1),
  study: z.string(),
  run: z.string(),
  fingerprint: z.string(),
  search: z.string(),
  variant: z.string().nullable(),
  method: z.string(),
  poolSize: whole,
  seed: whole,
  /** The search's spec with every default. */
  spec: z.record(z.string(), z.json()),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
};

/** The schema of a run's file. */
export const resultSchema = z.discriminatedUnion('state', [
  z.strictObject({ ...facts, state: z.literal('succeeded'), ...outcome.shape }),
  z.strictObject({ ...facts, state: z.literal('failed'), failure }),
]);

/** What came of a run. */
export type RunResult = z.infer<typeof resultSchema>;
export type Succeeded = Extract<RunResult, { state: 'succeeded' }>;
export type RunOutcome = z.infer<typeof outcome>;
export type RunFailure = z.infer<typeof failure>;
export type RunRound = z.infer<typeof round>;

/** Checks the content of a run's file, which `source` names. Raises INVALID_ARGUMENT with every wrong field. */
export function parseResult(value: unknown, source: string): RunResult {
  const parsed = resultSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw NseError.invalid(
    parsed.error.issues.map((issue) => ({
      field: `${source}: ${issue.path.join('.')}`,
      description: issue.message,
    })),
  );
}
