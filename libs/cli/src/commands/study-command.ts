import { resolve } from 'node:path';
import { countText } from '@nse/report';
import { runsOf, stepsByRound, type StudyRun } from '@nse/study';
import type { Command } from 'commander';
import { positiveWhole } from '../arguments.js';
import { columns } from '../columns.js';
import { withExamples } from '../examples.js';
import { type Output, print, type Shell } from '../shell.js';
import { readStudy, runStudy, type StudyOptions } from '../study/study.js';
import { StudyFolder } from '../study/study-folder.js';
import { writeReports } from '../study/study-report-files.js';
import { connected, withJson } from './options.js';

/** `nse study`: methods by pool sizes by seeds. */
export function addStudy(parent: Command, shell: Shell): void {
  const study = withExamples(
    parent.command('study').description('compare methods on pools of several sizes, under one budget'),
    ['study -f study.yaml', 'all runs that are left of it, then its report'],
    ['study plan -f study.yaml', 'its runs, without running them'],
    ['study report runs/pool-size', 'the report anew'],
  );
  addRun(study, shell);
  addPlan(study, shell);
  addReport(study, shell);
}

function addRun(parent: Command, shell: Shell): void {
  const command = parent
    .command('run', { isDefault: true })
    .description('run what is left of a study and write its report; "run" may be left out')
    .requiredOption('-f, --file <study>', 'a study in YAML or JSON, see docs/studies.md')
    .option('--out <folder>', 'where the results go (default: runs/ and the name of the study)')
    .option(
      '--parallel <number>',
      'runs at once (default: as there are cores for their threads; 8 on a system elsewhere)',
      positiveWhole('parallel'),
    )
    .option('--retry-failed', 'go on with runs that have failed, too')
    .option(
      '--keep-searches',
      'keep the searches, with their weights and models, once their results are known',
    );
  withExamples(
    connected(command, 'what came of it as JSON; progress goes to standard error'),
    ['study run -f study.yaml', 'starts a system of its own; the same again goes on where it was stopped'],
    ['study run -f study.yaml --parallel 8 --namespace nse', 'on a cluster'],
    ['study run -f study.yaml --endpoints endpoints.json', 'on a system that runs'],
  ).action((options: StudyOptions) => runStudy(shell, options));
}

function addPlan(parent: Command, shell: Shell): void {
  const command = parent
    .command('plan')
    .description('the runs of a study, with their rounds and steps; nothing is run')
    .requiredOption('-f, --file <study>', 'a study in YAML or JSON');
  withExamples(
    withJson(command),
    ['study plan -f study.yaml', 'a line for each'],
    ["study plan -f study.yaml --json | jq '.[0].spec'", 'the whole spec of the first'],
  ).action(async (options: Output & { readonly file: string }) => {
    const { runs } = await readStudy(options.file);
    print(shell, options, runs, () => planTable(runs));
  });
}

function planTable(runs: readonly StudyRun[]): string {
  const titles = [
    'RUN',
    'ROUNDS',
    'K',
    'STEPS',
    'EPOCHS A ROUND',
    'SCORED A ROUND',
    'RANKS',
    'FRONTS',
    'SEARCH',
  ];
  const rows = runs.map(({ name, search, spec, rank, fronts }) => [
    name,
    String(spec.rounds),
    String(spec.subsetSize),
    countText(stepsByRound(spec).reduce((sum, steps) => sum + steps, 0)),
    spec.train.epochs.toPrecision(3),
    String(spec.evaluate.architectures),
    rank === undefined ? '-' : String(rank.architectures),
    fronts === undefined ? '-' : String(fronts.architectures),
    search,
  ]);
  return columns(titles, rows, titles.slice(1, -1));
}

function addReport(parent: Command, shell: Shell): void {
  const command = parent
    .command('report <folder>')
    .description('make the report of a study anew from the results in its folder');
  withExamples(
    withJson(command),
    ['study report runs/pool-size', 'report.json, report.md and report.html in it'],
    ["study report runs/pool-size --json | jq '.groups'", 'for programs'],
  ).action(async (path: string, options: Output) => {
    const folder = new StudyFolder(resolve(path));
    const left = await folder.study();
    const report = await writeReports(folder, left, await folder.results());
    print(
      shell,
      options,
      report,
      () => `${report.done} of ${runsOf(left.study).length} runs: ${folder.path}/report.html`,
    );
  });
}
