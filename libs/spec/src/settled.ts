import { isDeepStrictEqual } from 'node:util';
import { parseSpec } from './parse.js';
import { type SearchSpec } from './spec.js';

/** What is known of a latency budget once its table is there. */
export interface Settlement {
  readonly table: string;
  readonly targetMs: number;
}

/**
 * The spec with its table and its target, and with all that follows from them: drift, weight of the regulariser, band of the extras.
 * What it says already stays.
 */
export function settled(spec: SearchSpec, { table, targetMs }: Settlement): SearchSpec {
  const { constraint } = spec;
  if (constraint.latency === undefined) return spec;
  const latency = { table, targetMs, ...constraint.latency };
  return parseSpec({ ...spec, constraint: { ...constraint, latency } });
}

/**
 * Whether a search that exists, whose spec may have been filled in since, is the one that the spec asks for. Open may be the rounds
 * of a search that goes on from another, and table and target of a latency budget.
 */
export function isAskedFor(existing: SearchSpec, asked: SearchSpec): boolean {
  const { rounds } = asked.rounds === 0 ? existing : asked;
  const { table, targetMs } = existing.constraint.latency ?? {};
  const isFilled = table !== undefined && targetMs !== undefined;
  return isDeepStrictEqual(existing, { ...(isFilled ? settled(asked, { table, targetMs }) : asked), rounds });
}
