import { NseError } from '@nse/space';
import { type z } from 'zod';
import { reportSchema } from './schema.js';

/** What report.json holds: everything that a search did and found. Shapes and units: `schema.ts`. */
export type Report = z.infer<typeof reportSchema>;
export type RoundReport = Report['rounds'][number];
export type SpaceReport = RoundReport['space'];
export type FrontPoint = RoundReport['front'][number];
export type CurvePoint = RoundReport['curve'][number];
export type ArchitectureReport = Report['chosen'];
export type NetworkReport = Report['network'];
export type CellReport = NetworkReport['cells'][number];
export type Constraint = Report['constraint'];
export type LatencyReport = NonNullable<Report['latency']>;
export type LatencyFigures = LatencyReport['chosen'];
export type TableTrust = NonNullable<LatencyReport['trust']>;

/**
 * Checks that a value is a report and gives it typed, fields in the order of the schema.
 * Throws INVALID_ARGUMENT with one violation a wrong field.
 */
export function parseReport(value: unknown): Report {
  const parsed = reportSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw NseError.invalid(
    parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), description: issue.message })),
  );
}
