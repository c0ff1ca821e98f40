import pretty from 'json-stringify-pretty-compact';
import { parseReport, type Report } from './report.js';
import { reportSchema } from './schema.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const repeatable = reportSchema.omit({ seconds: true, host: true, startedAt: true }).strip();

/** Single precision, which the engine computes in, has fewer; the rest would be noise in the file. */
const SIGNIFICANT_DIGITS = 8;

/**
 * The text of report.json. Equal reports give equal text, however they were put together: fields in the order of the
 * schema, free-form parts in alphabetical order, numbers with at most 8 significant digits (whole numbers in full).
 * Throws INVALID_ARGUMENT for what is no report.
 */
export function stableJson(report: Report): string {
  const { spec, versions, ...rest } = parseReport(report);
  const ordered = { ...rest, spec: sorted(spec), versions: sorted(versions) };
  return pretty(ordered, { indent: 2, maxLength: 120, replacer: shortened }) + '\n';
}

/** A report without what may differ between two runs with one seed: times and the machine. */
export function withoutTimes(report: Report): Omit<Report, 'seconds' | 'host' | 'startedAt'> {
  return repeatable.parse(report);
}

/** The same value, keys of every object in alphabetical order. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

function shortened(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isInteger(value)) return value;
  return Number(value.toPrecision(SIGNIFICANT_DIGITS));
}
