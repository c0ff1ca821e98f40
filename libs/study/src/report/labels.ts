import type { GroupReport, StudyReport } from './report.js';

/** What runs that differ in size and seed are called: the method, and the variant before it. */
export function labelOf({ variant, method }: Pick<GroupReport, 'variant' | 'method'>): string {
  return variant === null ? method : `${variant}: ${method}`;
}

/** The methods in the order of the study. */
export const methodsOf = ({ axes }: StudyReport): readonly string[] => axes.methods;
