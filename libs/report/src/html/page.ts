import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { lossOption, retrainCurves, supernetCurves } from '../charts/curves.js';
import { frontsOption } from '../charts/fronts.js';
import { hasLatencies, latencyOption } from '../charts/latency.js';
import { palette, type Theme } from '../charts/palette.js';
import { spaceData, spaceOption } from '../charts/space.js';
import { parseReport, type Report } from '../report.js';
import { html, type Markup, scriptJson, trusted } from './markup.js';
import { sections } from './sections.js';

const ASSETS = path.join(__dirname, '..', '..', 'assets');

/**
 * report.html: one file that needs nothing else, not even a network. Its content policy lets only the scripts and styles run
 * that were put in here, by their hashes; all text of the report is escaped. Throws INVALID_ARGUMENT for what is no report.
 */
export function reportHtml(value: Report): string {
  const report = parseReport(value);
  const script = `${asset(require.resolve('echarts/dist/echarts.min.js'))}\n${asset(path.join(ASSETS, 'report.js'))}`;
  const style = `${themes(report.rounds.length)}\n${asset(path.join(ASSETS, 'report.css'))}`;
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${report.name}: search report</title>
        ${inlined('style', style)}
      </head>
      <body>
        ${sections(report, stringify(report.spec))}
        <script type="application/json" id="charts">
          ${chartData(report)}
        </script>
        ${inlined('script', script)}
      </body>
    </html> `;
  return page.text;
}

function chartData(report: Report): Markup {
  const { latency } = report;
  return scriptJson({
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
  });
}

function themes(rounds: number): string {
  const variables = (theme: Theme) =>
    Object.entries(palette(theme, rounds))
      .map(([name, colour]) => `--${name}:${colour}`)
      .join(';');
  return `:root{${variables('light')}}\n@media screen and (prefers-color-scheme:dark){:root{${variables('dark')}}}`;
}

/** The text exactly as it is, since the policy holds its hash. */
const inlined = (tag: 'style' | 'script', text: string): Markup => trusted(`<${tag}>${text}</${tag}>`);

const asset = (file: string): string => readFileSync(file, 'utf8');

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
