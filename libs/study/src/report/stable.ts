import { NseError } from '@nse/space';
import pretty from 'json-stringify-pretty-compact';
import { type StudyReport, studyReportSchema } from './report.js';

/** Digits of the numbers in the file: the rest would be noise. */
const SIGNIFICANT_DIGITS = 8;

/** The text of report.json: equal reports give equal text. Raises INVALID_ARGUMENT for what is no report. */
export function studyJson(report: StudyReport): string {
  const parsed = studyReportSchema.safeParse(report);
  if (!parsed.success) {
    throw NseError.invalid(
      parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), description: issue.message })),
    );
  }
  return `${pretty(parsed.data, { indent: 2, maxLength: 120, replacer: shortened })}\n`;
}

function shortened(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isInteger(value)) return value;
  return Number(value.toPrecision(SIGNIFICANT_DIGITS));
}
