import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { amountText, bandText, finalSummary, type Report, trustText } from '@nse/report';
import type { messages } from '@nse/rpc';
import { NseError } from '@nse/space';
import { budgetOf, type SearchSpec } from '@nse/spec';
import { connect, type System } from '../connect.js';
import { failureOf, followSearch } from '../follow.js';
import { LiveView } from '../live.js';
import { LocalRuntime } from '../local/runtime.js';
import { repositoryRoot } from '../paths.js';
import { specOf } from '../report-data.js';
import { standing } from '../search-text.js';
import { hintAfterStop, type Output, type Shell } from '../shell.js';
import { tableTrust } from '../table-trust.js';
import { onThisHost } from '../this-host.js';
import { commandOf, type DemoOptions, demoSpec, savedOptions, saveOptions } from './demo-options.js';
import { writeReport } from './demo-report.js';

/** One whole search on this machine: starts the services, searches, retrains, writes and shows the report. */
export async function demo(shell: Shell, options: DemoOptions & Output): Promise<void> {
  const { signal, stdout, stderr } = shell;
  const spec = demoSpec(options);
  const started = new Date();
  const out = resolve(options.out ?? join(repositoryRoot, 'runs', folderName(spec, started)));
  const stateDir = join(out, 'state');
  const view = new LiveView(options.json === true ? stderr : stdout);
  introduce(view, spec, options, out);
  try {
    // Before anything can be stopped that shall go on by the folder alone.
    await saveOptions(stateDir, options, 'first');
    const onNote = (note: string) => view.print(note);
    const runtime = await LocalRuntime.start({ stateDir, root: repositoryRoot, onNote, signal });
    let done = false;
    try {
      const over = await search(connect(runtime.endpoints), spec, view, signal, {
        // The search in this folder follows from these options: others would have been refused.
        begun: () => saveOptions(stateDir, options),
        succeeded: (system, end) => writeReport(system, end, { out, started, ...told(options) }, signal),
      });
      done = true;
      if (options.json === true) stdout.write(`${JSON.stringify(essentials(over, out), undefined, 2)}\n`);
      else view.print(finalSummary(over, view.style));
    } finally {
      // Once the search is over, all that came of it stands beside; only an unfinished one needs its state.
      await runtime.stop({ discard: done });
    }
  } finally {
    hintAfterStop(shell, `Stopped. This goes on with it: ./nse search resume --out ${out}`);
  }
  view.print(`\nReport: ${join(out, 'report.html')}`);
}

/**
 * Goes on with the demo whose results go to `out`. Raises NOT_FOUND where there is none, FAILED_PRECONDITION where it is
 * finished, INVALID_ARGUMENT for another id than its search's.
 */
export async function resumeDemo(
  shell: Shell,
  out: string,
  id: string | undefined,
  { json = false }: Output,
): Promise<void> {
  const stateDir = join(out, 'state');
  if (!existsSync(stateDir) && existsSync(join(out, 'report.html'))) {
    throw new NseError('FAILED_PRECONDITION', `the demo is finished: ${join(out, 'report.html')}`);
  }
  const options = await savedOptions(stateDir);
  const { name } = demoSpec(options);
  if (id !== undefined && id !== name) {
    throw new NseError('INVALID_ARGUMENT', `the demo's search is "${name}", not "${id}"`, {
      field: 'search',
    });
  }
  await demo(shell, { ...options, out, json });
}

function introduce(view: LiveView, spec: SearchSpec, { quick }: DemoOptions, out: string): void {
  const { name, pool, subsetSize, rounds, seed, method } = spec;
  view.print(
    `Search "${name}": ${method} on ${spec.dataset.kind}, pool ${pool}, K = ${subsetSize}, ${amountText(rounds, 'round')}, seed ${seed}`,
  );
  if (quick === true) view.print(QUICK_NOTE);
  view.print(`Results go to ${out}`);
  if (existsSync(join(out, 'state'))) view.print('Going on with the search that was stopped there.');
}

const QUICK_NOTE =
  'Quick: fewer rounds, steps and architectures than a search needs; it shows every stage, not what NSE can find.';

const told = (options: DemoOptions) => ({
  command: commandOf(options),
  notes: options.quick === true ? [QUICK_NOTE] : [],
});

async function search<T>(
  system: System,
  written: SearchSpec,
  view: LiveView,
  signal: AbortSignal,
  then: {
    readonly begun: () => Promise<void>;
    readonly succeeded: (system: System, over: messages.Search__Output) => Promise<T>;
  },
): Promise<T> {
  try {
    const spec = await onThisHost(system, written, signal);
    const { id } = await underWay(system, spec, view);
    await then.begun();
    const over = await followSearch(system.spaceManager, id, spec, view, signal, async (prepared) => {
      await showTable(system, prepared, view);
    });
    view.finish();
    const failure = failureOf(over);
    if (failure) throw failure;
    return await then.succeeded(system, over);
  } finally {
    system.close();
  }
}

/** The latency table is there: how far it can be trusted, and the target that follows from it. */
async function showTable(system: System, search: messages.Search__Output, view: LiveView): Promise<void> {
  const { constraint } = specOf(search);
  const trust = await tableTrust(system, search);
  view.finish();
  view.print(`Latency table "${search.latency?.table ?? ''}" of device ${search.latency?.device ?? ''}.`);
  if (trust !== undefined) view.print(trustText(trust));
  view.print(`Target: ${bandText(budgetOf(constraint))}.`);
}

/** The demo's search: begun, or the one that was stopped, paused or failed in the same folder, gone on with. */
export async function underWay(
  { spaceManager, struct }: System,
  spec: SearchSpec,
  view: LiveView,
): Promise<messages.Search__Output> {
  const found = await spaceManager.createSearch({ search: spec.name, spec: struct(spec) });
  if (found.phase !== 'FAILED' && found.phase !== 'PAUSED') return found;
  view.print(`${standing(found)}; resuming it.`);
  return await spaceManager.resumeSearch({ search: found.id });
}

/** What a program wants to know of a finished demo; all else is in report.json. */
function essentials(report: Report, out: string): object {
  const { name, chosen, retrain, random, rounds, seconds, latency, constraint } = report;
  const { code, macs, params, accuracy } = chosen;
  return {
    search: name,
    rounds: rounds.length,
    chosen: { code, macs, params, accuracy, testAccuracy: retrain.testAccuracy },
    random:
      random === null
        ? null
        : {
            code: random.code,
            macs: random.macs,
            params: random.params,
            testAccuracy: random.testAccuracy,
          },
    ...(latency === undefined
      ? {}
      : {
          latency: {
            targetMs: constraint.target,
            ...latency.chosen,
            withinTenPercent: latency.withinTenPercent,
          },
        }),
    seconds: seconds.total,
    report: join(out, 'report.json'),
  };
}

function folderName({ name }: SearchSpec, started: Date): string {
  const stamp = started.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  return `${name}-${stamp}`;
}
