import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import type { SearchSpec } from '@nse/spec';
import { parseStudy, type RunResult, runsOf, type Study, type StudyRun } from '@nse/study';
import { type Connected, onSystem } from '../commands/options.js';
import { specInCluster, specOnThisMachine } from '../commands/search-create.js';
import { connect, type System } from '../connect.js';
import { namedEndpoints } from '../endpoints.js';
import { hostFacts, versions } from '../host.js';
import { readInput } from '../input-file.js';
import { LiveView } from '../live.js';
import { withLocalSystem } from '../local/system.js';
import { repositoryRoot } from '../paths.js';
import { hintAfterStop, print, type Shell } from '../shell.js';
import { onThisHost } from '../this-host.js';
import { performStudy } from './perform-study.js';
import { resultsOf, StudyFolder } from './study-folder.js';
import { writeReports } from './study-report-files.js';
import { StudyView } from './study-view.js';

/** What the user says of a study beside its file. */
export interface StudyOptions extends Connected {
  readonly file: string;
  readonly out?: string;
  readonly parallel?: number;
  readonly retryFailed?: boolean;
  readonly keepSearches?: boolean;
}

/** Runs at once on a system elsewhere: it has its own queue, and this only asks. */
const AT_ONCE_ELSEWHERE = 8;

/** The study in a file with its runs. Raises INVALID_ARGUMENT where it is none. */
export async function readStudy(file: string): Promise<{ study: Study; runs: StudyRun[] }> {
  const study = parseStudy(await readInput(file));
  return { study, runs: runsOf(study) };
}

/** Performs what is left of a study, and writes its report. */
export async function runStudy(shell: Shell, options: StudyOptions): Promise<void> {
  const { study, runs } = await readStudy(options.file);
  const folder = new StudyFolder(resolve(options.out ?? join(repositoryRoot, 'runs', study.name)));
  const elsewhere = shell.cluster(options.endpoints) ?? namedEndpoints(options.endpoints, shell.env);
  const before = resultsOf(folder, runs, await folder.results());
  const left = runs.filter(({ name }) => {
    const state = before.get(name)?.state;
    return state === undefined || (state === 'failed' && options.retryFailed === true);
  });
  const made = {
    command: commandOf(options),
    host: elsewhere === undefined ? { ...hostFacts() } : null,
    versions: versions(repositoryRoot),
  };
  await folder.begin(study, made);
  const plan = {
    study,
    runs,
    left,
    over: [...before.values()].filter(({ run }) => left.every(({ name }) => name !== run)),
    folder,
    parallel: options.parallel ?? atOnce(runs, elsewhere !== undefined),
  };
  const view = viewOf(shell, options, plan);
  try {
    if (left.length > 0) await perform(shell, options, elsewhere !== undefined, plan, view);
  } finally {
    const known = await folder.results();
    if (known.length > 0) await writeReports(folder, { study, made }, known);
    const done =
      runs.length - left.length + known.filter(({ run }) => left.some(({ name }) => name === run)).length;
    hintAfterStop(
      shell,
      `Stopped: ${done} of ${runs.length} runs are over. This goes on: ${commandOf(options)}`,
    );
  }
  tellOutcome(shell, options, folder, runs, await folder.results());
}

interface Plan {
  readonly study: Study;
  readonly runs: readonly StudyRun[];
  readonly left: readonly StudyRun[];
  /** What came of the others. */
  readonly over: readonly RunResult[];
  readonly folder: StudyFolder;
  readonly parallel: number;
}

function viewOf({ stdout, stderr }: Shell, { json }: StudyOptions, plan: Plan): StudyView {
  const { study, runs, left, over, folder, parallel } = plan;
  const out = json === true ? stderr : stdout;
  const view = new StudyView(new LiveView(out), out, runs, parallel, over);
  view.print(`Study "${study.name}": ${runs.length} runs, ${parallel} at once; results go to ${folder.path}`);
  if (left.length < runs.length) view.print(`${runs.length - left.length} of them are over already.`);
  return view;
}

async function perform(
  shell: Shell,
  options: StudyOptions,
  elsewhere: boolean,
  plan: Plan,
  view: StudyView,
): Promise<void> {
  const onSystemOf = (system: System, placed: (spec: SearchSpec) => Promise<SearchSpec>) =>
    performStudy(
      {
        system,
        study: plan.study.name,
        seed: plan.study.seed,
        view,
        signal: shell.signal,
        placed,
        parallel: plan.parallel,
        keepSearches: options.keepSearches === true,
        keep: (result) => plan.folder.keep(result),
      },
      plan.left,
    );
  if (elsewhere) {
    const inCluster = shell.cluster(options.endpoints) !== undefined;
    const placed = (spec: SearchSpec) =>
      Promise.resolve(inCluster ? specInCluster(spec) : specOnThisMachine(spec));
    await onSystem(shell, options, (system) => onSystemOf(system, placed));
    return;
  }
  await performHere(shell, options, plan, view, onSystemOf);
}

/** Starts a system for the study alone; what it keeps goes once no run needs it any more. */
async function performHere(
  { signal }: Shell,
  { keepSearches }: StudyOptions,
  { folder, runs, parallel }: Plan,
  view: StudyView,
  action: (system: System, placed: (spec: SearchSpec) => Promise<SearchSpec>) => Promise<void>,
): Promise<void> {
  const { stateDir } = folder;
  const onNote = (note: string) => view.print(note);
  await withLocalSystem({ stateDir, onNote, signal, tasksAtOnce: parallel }, async (endpoints) => {
    const system = connect(endpoints);
    try {
      await action(system, (spec) => onThisHost(system, specOnThisMachine(spec), signal));
    } finally {
      system.close();
    }
  });
  const results = await folder.results();
  const succeeded = new Set(results.flatMap(({ run, state }) => (state === 'succeeded' ? [run] : [])));
  const isDone = runs.every(({ name }) => succeeded.has(name));
  if (isDone && keepSearches !== true && existsSync(stateDir))
    await rm(stateDir, { recursive: true, force: true });
}

/** As many as there are cores for the threads of their trainings. */
function atOnce(runs: readonly StudyRun[], elsewhere: boolean): number {
  if (elsewhere) return AT_ONCE_ELSEWHERE;
  const threads = Math.max(1, ...runs.map(({ spec }) => Math.max(spec.train.threads, spec.retrain.threads)));
  return Math.max(1, Math.floor(availableParallelism() / threads));
}

function commandOf({ file, out, parallel, retryFailed }: StudyOptions): string {
  return [
    `./nse study -f ${file}`,
    ...(out === undefined ? [] : [`--out ${out}`]),
    ...(parallel === undefined ? [] : [`--parallel ${parallel}`]),
    ...(retryFailed === true ? ['--retry-failed'] : []),
  ].join(' ');
}

function tellOutcome(
  shell: Shell,
  options: StudyOptions,
  folder: StudyFolder,
  runs: readonly StudyRun[],
  results: readonly RunResult[],
): void {
  const names = new Set(runs.map(({ name }) => name));
  const own = results.filter(({ run }) => names.has(run));
  const failed = own.filter(({ state }) => state === 'failed').map(({ run }) => run);
  const report = join(folder.path, 'report.json');
  const told = { runs: runs.length, over: own.length, failed, report };
  print(shell, options, told, () =>
    [
      `${own.length} of ${runs.length} runs are over.`,
      ...(failed.length === 0 ? [] : [`Failed: ${failed.join(', ')}. --retry-failed tries them again.`]),
      `Report: ${join(folder.path, 'report.html')}`,
    ].join('\n'),
  );
}
