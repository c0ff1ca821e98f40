import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { finalSummary, type Report, reportHtml, stableJson } from '@nse/report';
import { NseError } from '@nse/space';
import { parseSpec, presetNamed, type SearchSpec, withOverrides } from '@nse/spec';
import { stringify } from 'yaml';
import { z } from 'zod';
import { connect, type System } from '../connect.js';
import { failureOf, followSearch } from '../follow.js';
import { hostFacts, versions } from '../host.js';
import { LiveView } from '../live.js';
import { LocalRuntime } from '../local/runtime.js';
import { downloadModel, writeFiles } from '../model.js';
import { repositoryRoot } from '../paths.js';
import { reportOf } from '../report-data.js';

export interface DemoOptions {
  readonly out?: string;
  readonly quick?: boolean;
  readonly seed?: number;
  readonly rounds?: number;
  readonly method?: string;
  readonly dataset?: string;
  readonly data?: string;
}

/** One whole search on this machine: starts the services, searches, retrains, writes and shows the report. */
export async function demo(options: DemoOptions, signal: AbortSignal): Promise<void> {
  const spec = demoSpec(options);
  const started = new Date();
  const out = resolve(options.out ?? join(repositoryRoot, 'runs', folderName(spec, started)));
  const view = new LiveView(process.stdout);
  introduce(view, spec, options, out);
  const stateDir = join(out, 'state');
  const runtime = await LocalRuntime.start({
    stateDir,
    root: repositoryRoot,
    onNote: (note) => view.print(note),
  });
  try {
    const report = await search(connect(runtime.endpoints), spec, options, { started, out }, view, signal);
    view.print(finalSummary(report, view.style));
  } finally {
    await runtime.stop();
    if (signal.aborted) view.print(`Stopped. This goes on with it: ${commandOf(options)} --out ${out}`);
  }
  // The search is over and all that came of it stands beside; only an unfinished one needs its state.
  await rm(stateDir, { recursive: true, force: true });
  view.print(`\nReport: ${join(out, 'report.html')}`);
}

/** The spec of the demo. Raises INVALID_ARGUMENT for options that make no sound spec. */
export function demoSpec({ quick, seed, rounds, method, dataset, data }: DemoOptions): SearchSpec {
  const preset = quick === true ? 'fashion-mnist-quick' : 'fashion-mnist';
  const dataPath = data === undefined ? undefined : resolve(data);
  return parseSpec(withOverrides(presetNamed(preset), { seed, rounds, method, dataset, dataPath }));
}

function introduce(view: LiveView, spec: SearchSpec, { quick }: DemoOptions, out: string): void {
  const { name, pool, subsetSize, rounds, seed, method } = spec;
  view.print(
    `Search "${name}": ${method} on ${spec.dataset.kind}, pool ${pool}, K = ${subsetSize}, ${rounds} rounds, seed ${seed}`,
  );
  if (quick === true) view.print(QUICK_NOTE);
  view.print(`Results go to ${out}`);
  if (existsSync(join(out, 'state'))) view.print('Going on with the search that was stopped there.');
}

/** A service that was killed in this moment is back within seconds: the search is done, its report must not fail. */
const patient = { waitForReady: true, deadlineMs: 60_000 };

const QUICK_NOTE =
  'Quick: fewer rounds, steps and architectures than a search needs; it shows every stage, not what NSE can find.';

async function search(
  system: System,
  spec: SearchSpec,
  options: DemoOptions,
  { started, out }: { readonly started: Date; readonly out: string },
  view: LiveView,
  signal: AbortSignal,
): Promise<Report> {
  const { spaceManager, retrainer } = system;
  try {
    // The same id in the same folder: an interrupted demo goes on.
    await spaceManager.createSearch({ search: spec.name, spec: system.struct(spec) });
    const over = await followSearch(spaceManager, spec.name, spec, view, signal);
    view.finish();
    if (over.failure !== null) throw failureOf(over.failure);
    const rounds = await Promise.all(
      Array.from({ length: over.rounds }, (_, index) =>
        spaceManager.getRound({ search: over.id, round: index + 1 }, patient),
      ),
    );
    const retraining = await retrainer.getRetraining({ search: over.id }, patient);
    const model = await downloadModel(retrainer, over.id, { ...patient, signal });
    const report = reportOf(
      { search: over, rounds, retraining, dataset: datasetOf(model) },
      {
        notes: options.quick === true ? [QUICK_NOTE] : [],
        commands: [commandOf(options)],
        startedAt: started.toISOString(),
        secondsTotal: (Date.now() - started.getTime()) / 1000,
        host: hostFacts(),
        versions: versions(repositoryRoot),
      },
    );
    await writeFiles(
      out,
      new Map<string, Uint8Array | string>([
        ...model,
        ['report.json', stableJson(report)],
        ['report.html', reportHtml(report)],
        ['spec.yaml', stringify(spec)],
      ]),
    );
    return report;
  } finally {
    system.close();
  }
}

const modelDescription = z.object({
  dataset: z.object({
    kind: z.string(),
    classes: z.array(z.string()),
    imageSize: z.number(),
    channels: z.number(),
    train: z.number(),
    heldOut: z.number(),
    test: z.number(),
    split: z.string(),
  }),
});

function datasetOf(model: ReadonlyMap<string, Buffer>): Report['dataset'] {
  const text = model.get('architecture.json')?.toString('utf8');
  if (text === undefined) throw new NseError('INTERNAL', 'the model came without architecture.json');
  return modelDescription.parse(JSON.parse(text)).dataset;
}

/** The command that repeats the run. */
function commandOf({ quick, seed, rounds, method, dataset, data }: DemoOptions): string {
  const flags = [
    quick === true ? '--quick' : '',
    ...Object.entries({ seed, rounds, method, dataset, data }).map(([name, value]) =>
      value === undefined ? '' : `--${name} ${value}`,
    ),
  ];
  return ['./nse demo', ...flags.filter((flag) => flag !== '')].join(' ');
}

function folderName({ name }: SearchSpec, started: Date): string {
  const stamp = started.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  return `${name}-${stamp}`;
}
