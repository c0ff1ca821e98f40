import { chartSvg, type Theme } from '@nse/report';
import { bySizeOption } from './charts.js';
import { seriesColours } from './colours.js';
import type { StudyReport } from './report.js';

/** Test accuracy by pool size as one SVG picture, for a README: a line of means for each method, a mark for each seed. */
export function accuracySvg(report: StudyReport, theme: Theme): Promise<string> {
  const option = bySizeOption(report, 'test accuracy (%)', ({ testAccuracy }) => 100 * testAccuracy);
  return chartSvg(option, theme, 1, undefined, seriesColours[theme]);
}
