import type { messages } from '@nse/rpc';
import { NseError } from '@nse/space';
import type { SearchSpec } from '@nse/spec';
import { parseResult, type RunFailure, type RunOutcome, type RunResult, type StudyRun } from '@nse/study';
import { patient, type System } from '../connect.js';
import { failureOf, searchUpdates } from '../follow.js';
import { specOf } from '../report-data.js';
import { outcomeOf } from './outcome.js';
import type { StudyView } from './study-view.js';

/** What every run of a study is performed with. */
export interface RunContext {
  readonly system: System;
  readonly study: string;
  /** Decides, with the run's own, what is drawn to correlate ranks by. */
  readonly seed: number;
  readonly view: StudyView;
  /** Aborts where the study is stopped. */
  readonly signal: AbortSignal;
  /** The run's spec as the system is to have it: paths and devices are its own. */
  readonly placed: (spec: SearchSpec) => Promise<SearchSpec>;
}

/** Codes of a failure that is the run's own: anything else concerns the system, and with it every run. */
const OWN: readonly string[] = ['INVALID_ARGUMENT', 'FAILED_PRECONDITION', 'ALREADY_EXISTS', 'NOT_FOUND'];

/**
 * One run to its end: its search, what is trained besides, what came of it. What it has begun goes on where this is called again. A
 * run that fails is a result; raises what keeps the system from working, and AbortError once the signal aborts.
 */
export async function performRun(context: RunContext, run: StudyRun): Promise<RunResult> {
  const startedAt = new Date().toISOString();
  const facts = factsOf(context, run);
  let spec = plain(run.spec);
  const ended = (outcome: RunOutcome | RunFailure): RunResult => {
    const times = { startedAt, endedAt: new Date().toISOString() };
    return 'reason' in outcome
      ? { ...facts, spec, ...times, state: 'failed', failure: outcome }
      : { ...facts, spec, ...times, state: 'succeeded', ...outcome };
  };
  let stage = 'create';
  try {
    await begin(context, run);
    stage = 'search';
    const over = await followed(context, run);
    spec = plain(specOf(over));
    const failure = failureOf(over);
    if (failure) return ended(failureIn(over) ?? { stage, round: 0, reason: failure.message });
    stage = 'study';
    // What its file could not be read from again, such as an accuracy that is no number, is a failure of the run.
    return parseResult(ended(await outcomeOf(context, run, over)), run.name);
  } catch (error) {
    context.signal.throwIfAborted();
    const { code, message: reason } = NseError.from(error);
    if (!OWN.includes(code)) throw error;
    return ended({ stage, round: 0, reason });
  }
}

function factsOf(
  { study }: RunContext,
  { name, fingerprint, search, variant, method, poolSize, seed }: StudyRun,
) {
  return { schema: 1, study, run: name, fingerprint, search, variant, method, poolSize, seed } as const;
}

/** The run's search, under way or over: created, or gone on with where it was stopped, paused or failed. */
async function begin({ system, study, signal, placed, view }: RunContext, run: StudyRun): Promise<void> {
  const { spaceManager, struct } = system;
  const { search } = run;
  const options = { ...patient, signal };
  const create = async () =>
    spaceManager.createSearch(
      { search, spec: struct(await placed(run.spec)), owner: `study:${study}` },
      options,
    );
  view.begun(run);
  const found = await create();
  if (found.phase === 'FAILED' || found.phase === 'PAUSED')
    await spaceManager.resumeSearch({ search }, options);
  if (found.phase === 'CANCELLED') {
    // Nothing resumes it, and whoever wants the study wants its runs.
    await spaceManager.deleteSearch({ search }, options);
    await create();
  }
}

async function followed(context: RunContext, run: StudyRun): Promise<messages.Search__Output> {
  const { system, signal, view } = context;
  let last: messages.Search__Output | undefined;
  for await (const { search, round, progress } of searchUpdates(system.spaceManager, run.search, signal)) {
    if (round) view.round(run, round);
    if (progress) view.progress(run, progress.stage, progress);
    if (search) last = search;
  }
  if (last === undefined) throw new NseError('INTERNAL', `nothing was told about search "${run.search}"`);
  return last;
}

/** Why the search was given up, where it says so. */
function failureIn({ failure }: messages.Search__Output): RunFailure | undefined {
  return failure === null
    ? undefined
    : { stage: failure.stage, round: failure.round, reason: failure.reason };
}

/** Plain JSON of a frozen, typed spec. */
const plain = (spec: SearchSpec) => JSON.parse(JSON.stringify(spec)) as RunResult['spec'];
