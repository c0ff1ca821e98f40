import { stringify } from 'yaml';
import { lossOption, retrainCurves, supernetCurves } from '../charts/curves.js';
import { frontsOption } from '../charts/fronts.js';
import { hasLatencies, latencyOption } from '../charts/latency.js';
import { spaceData, spaceOption } from '../charts/space.js';
import { parseReport, type Report } from '../report.js';
import { sections } from './sections.js';
import { htmlPage, type Page } from './shell.js';

/** report.html: see `htmlPage`. Throws INVALID_ARGUMENT for what is no report. */
export function reportHtml(value: Report): string {
  const report = parseReport(value);
  return htmlPage({
    title: `${report.name}: search report`,
    body: sections(report, stringify(report.spec)),
    charts: chartData(report),
    rounds: report.rounds.length,
  });
}

function chartData(report: Report): Page['charts'] {
  const { latency } = report;
  return {
    options: {
      fronts: frontsOption(report),
      supernet: lossOption(supernetCurves(report)),
      retrain: lossOption(retrainCurves(report)),
      space: spaceOption(report),
      ...(latency === undefined || !hasLatencies(latency)
        ? {}
        : { latency: latencyOption({ ...report, latency }) }),
    },
    space: spaceData(report),
  };
}
