// Makes the docs' pictures and page of results from a search's report, so that every figure names the command behind it:
//   node docs/figures.mjs runs/<folder>/report.json
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { costText, countText, durationText, frontsSvg, parseReport, percentText } from '@nse/report';
import { format } from 'prettier';

/** @typedef {import('@nse/report').Report} Report */

const DOCS = path.dirname(fileURLToPath(import.meta.url));
const WIDTH = 110;

/** @param {string} reportFile */
async function draw(reportFile) {
  const report = parseReport(JSON.parse(await readFile(reportFile, 'utf8')));
  const page = await format(resultsPage(report), {
    parser: 'markdown',
    singleQuote: true,
    printWidth: WIDTH,
  });
  await write('images/fronts.svg', await frontsSvg(report, 'light'));
  await write('images/fronts-dark.svg', await frontsSvg(report, 'dark'));
  await write('results/demo.md', page);
}

/**
 * @param {string} name below docs/
 * @param {string} text
 */
async function write(name, text) {
  const file = path.join(DOCS, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  process.stdout.write(`${path.relative(process.cwd(), file)}\n`);
}

/**
 * @param {Report} report
 * @returns {string} Markdown
 */
function resultsPage(report) {
  return [
    '# A whole search on real images',
    `Made by ${report.commands.map((command) => `\`${command}\``).join(', ')}, then \`node docs/figures.mjs\` on its report.json.`,
    ...report.notes,
    setting(report),
    '![The front after every round](../images/fronts.svg)',
    '## Rounds',
    'Accuracies of this table are on held-out images, with the weights of the supernet of that round.',
    table(
      ['round', 'scored', 'on the front', 'cheapest', 'dearest', 'best accuracy'],
      report.rounds.map(roundRow),
    ),
    '## What was chosen',
    'Trained from scratch; the test images were used once, after that.',
    table(['architecture', 'multiply-accumulates', 'parameters', 'test accuracy'], modelRows(report)),
    ...codes(report),
    '## Time',
    table(['stage', 'wall time'], timeRows(report)),
  ].join('\n\n');
}

/** @param {Report} report */
function setting({ dataset, pool, seed, constraint, host, versions }) {
  const { train, heldOut, test } = dataset;
  const images = `${train} images for weights, ${heldOut} held out for fitness and scores, ${test} for the test`;
  const unit = constraint.unit === 'macs' ? ' multiply-accumulates' : '';
  const budget = `${costText(constraint.target, constraint.unit)} ± ${costText(constraint.drift, constraint.unit)}${unit}`;
  const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `- Images: ${dataset.kind}; ${images}. Split: ${dataset.split}.`,
    `- Space: pool ${pool.name} of ${pool.operations.length} operations; budget ${budget}; seed ${seed}.`,
    `- Run on ${host.platform}, ${host.cores} cores, ${host.threads} training threads, ${host.backend}; ${software.join(', ')}.`,
  ].join('\n');
}

/** @param {Report['rounds'][number]} round */
function roundRow({ round, scored, front, bestAccuracy }) {
  const costs = front.map(({ macs, latencyMs }) =>
    latencyMs === undefined ? countText(macs) : costText(latencyMs, 'ms'),
  );
  return [round, scored, front.length, costs.at(0) ?? '-', costs.at(-1) ?? '-', percentText(bestAccuracy)];
}

/** @param {Report} report */
function modelRows({ chosen, retrain, random }) {
  /**
   * @param {string} name
   * @param {{ macs: number, params: number }} size
   * @param {number} testAccuracy
   */
  const row = (name, { macs, params }, testAccuracy) => [
    name,
    countText(macs),
    countText(params),
    percentText(testAccuracy),
  ];
  return [
    row('chosen by the search', chosen, retrain.testAccuracy),
    ...(random === null ? [] : [row('random, of about the same cost', random, random.testAccuracy)]),
  ];
}

/** @param {Report} report */
function codes({ chosen, random }) {
  return [`Chosen: \`${chosen.code}\``, ...(random === null ? [] : [`Random: \`${random.code}\``])];
}

/** @param {Report} report */
function timeRows({ seconds }) {
  return [
    ...Object.entries(seconds.byStage).map(([stage, time]) => [stage, durationText(time)]),
    ['all, from start to report', durationText(seconds.total)],
  ];
}

/**
 * @param {string[]} head
 * @param {(string | number)[][]} rows
 */
function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const [reportFile] = process.argv.slice(2);
if (reportFile === undefined) {
  process.stderr.write('usage: node docs/figures.mjs runs/<folder>/report.json\n');
  process.exitCode = 2;
} else {
  await draw(reportFile);
}
