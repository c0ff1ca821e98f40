import { z } from 'zod';

/** What the reference (docs/spec.md) tells of a field beside its type and default. */
export interface FieldMeaning {
  /** What the field does, in one sentence or two. */
  readonly description: string;
  readonly unit?: string;
  /** Where the value or the idea comes from: a section of the method, or the published configuration. */
  readonly source?: string;
  /** The default in words, where it depends on other fields. */
  readonly defaultText?: string;
}

/** Attaches the meaning of a field to its schema; the outermost wrapper must carry it. */
export function field<T extends z.ZodType>(schema: T, meaning: FieldMeaning): T {
  return schema.meta({ ...meaning });
}

/** A whole number of at least `min` and at most `max`. */
export const whole = (min: number, max = Number.MAX_SAFE_INTEGER) => z.int().min(min).max(max);

/** A finite number above 0. */
export const positive = () => z.number().positive();

/** A finite number of 0 or more. */
export const nonNegative = () => z.number().nonnegative();

/** A name that becomes part of ids, subjects and Job names. */
export const name = () =>
  z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/, 'lower-case letters, digits and inner dashes, at most 40');

/** Both are the same number: a worker that is killed for want of memory has had what it asked for. */
export function memoryField() {
  return field(whole(256).optional(), {
    description:
      "Memory of a worker's pod on Kubernetes, as request and as limit. Elsewhere it has no effect.",
    unit: 'MiB',
    defaultText: "the cluster's own setting, 4096 unless changed",
  });
}

/** A worker is one process, and one process uses one GPU at most. */
export function gpusField() {
  return field(whole(0, 1).default(0), {
    description:
      'GPUs of a worker: 0, or 1 for a process that uses one. GPU kernels give other bits than CPU kernels.',
  });
}
