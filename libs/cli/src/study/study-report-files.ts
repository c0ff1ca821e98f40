import {
  type Made,
  runsOf,
  type RunResult,
  type Study,
  studyHtml,
  studyJson,
  studyMarkdown,
  studyReport,
  type StudyReport,
} from '@nse/study';
import type { StudyFolder } from './study-folder.js';

/** Writes report.json, report.md and report.html of what is over so far. */
export async function writeReports(
  folder: StudyFolder,
  { study, made }: { readonly study: Study; readonly made: Made },
  results: readonly RunResult[],
): Promise<StudyReport> {
  const report = studyReport(study, runsOf(study), results, made);
  await folder.write('report.json', studyJson(report));
  await folder.write('report.md', studyMarkdown(report));
  await folder.write('report.html', studyHtml(report));
  return report;
}
