import { fromStruct, type messages } from '@nse/rpc';
import {
  architectureReport,
  isNear,
  type LatencyFigures,
  type TableTrust,
  type CurvePoint,
  networkReport,
  poolReport,
  type Report,
  type RoundReport,
  roundReport,
  trainingCurve,
} from '@nse/report';
import { macroNetwork, type MacroNetwork, networkAt, NseError } from '@nse/space';
import { budgetOf, chooseOf, parseSpec, poolOf, type SearchSpec, unitOf } from '@nse/spec';

/** Everything that a finished search left, as its services tell it. */
export interface Finished {
  readonly search: messages.Search__Output;
  readonly rounds: readonly messages.Round__Output[];
  readonly retraining: messages.Retraining__Output;
  readonly dataset: Report['dataset'];
  /** How far the search's latency table can be trusted, where it says so. */
  readonly trust?: TableTrust | undefined;
}

/** What the run adds that no service knows. */
export interface RunFacts {
  readonly notes: readonly string[];
  readonly commands: readonly string[];
  readonly startedAt: string;
  readonly secondsTotal: number;
  readonly host: Omit<Report['host'], 'threads'>;
  readonly versions: Readonly<Record<string, string>>;
}

/** report.json of a finished search. Raises FAILED_PRECONDITION where the search is not finished. */
export function reportOf(finished: Finished, facts: RunFacts): Report {
  const { search, rounds, retraining, dataset } = finished;
  const spec = specOf(search);
  const searched = macroNetwork(spec.network);
  const network = networkAt(spec.network, search.scaled?.scale);
  const pool = poolOf(spec);
  const { chosen, random } = retraining;
  if (chosen === null) throw new NseError('FAILED_PRECONDITION', `search "${search.id}" has no model yet`);
  const constraint = budgetOf(spec.constraint);
  return {
    schema: 1,
    name: spec.name,
    seed: spec.seed,
    method: spec.method,
    notes: [...facts.notes],
    commands: [...facts.commands],
    chosen: {
      ...architectureReport(chosen.code, network, pool),
      ...(search.chosen === null ? {} : measured(search.chosen, constraint.unit)),
    },
    retrain: trained(chosen),
    random:
      random === null ? null : { ...architectureReport(random.code, network, pool), ...trained(random) },
    ...latencyReport(finished, constraint),
    constraint,
    dataset,
    pool: poolReport(pool),
    network: networkReport(searched, pool),
    ...scalingReport(search, network, spec),
    rounds: roundReports(rounds, spec),
    spec: jsonOf(spec),
    versions: { ...facts.versions },
    startedAt: facts.startedAt,
    seconds: {
      total: facts.secondsTotal,
      byStage: secondsByStage(finished, retraining),
      rounds: rounds.map(({ seconds }) => ({ ...seconds })),
    },
    host: { ...facts.host, threads: spec.train.threads },
  };
}

/** How widths were scaled; nothing where they were not. */
function scalingReport(
  { scaled, chosen }: messages.Search__Output,
  network: MacroNetwork,
  spec: SearchSpec,
): Pick<Report, 'scaled'> {
  if (scaled === null || chosen === null) return {};
  const { scale } = scaled;
  const { scaleTo: goal = 0 } = chooseOf(spec);
  const shape = networkReport(network, poolOf(spec));
  return { scaled: { scale, goal, searchedMacs: chosen.macs, network: shape } };
}

/** What is known of latencies; nothing without a latency budget. */
function latencyReport(
  { search, trust }: Finished,
  { target }: Report['constraint'],
): Pick<Report, 'latency'> {
  const { latency } = search;
  if (latency === null || latency.chosen === null) return {};
  const { device, table, chosen, random, measured: all, note, pace } = latency;
  const { measuredMs } = chosen;
  return {
    latency: {
      device,
      table,
      chosen: latencyFigures(chosen),
      random: random && latencyFigures(random),
      measured: all.map(latencyFigures),
      ...(measuredMs === undefined ? {} : { withinTenPercent: isNear(measuredMs, target) }),
      note,
      ...(pace === null ? {} : { pace }),
      ...(trust === undefined ? {} : { trust }),
    },
  };
}

/** gRPC leaves out what was not measured. */
function latencyFigures(known: messages.PredictedLatency__Output): LatencyFigures {
  const { code, predictedMs, measuredMs, lowMs, highMs, runs } = known;
  if (measuredMs === undefined) return { code, predictedMs };
  return {
    code,
    predictedMs,
    measuredMs,
    lowMs: lowMs ?? measuredMs,
    highMs: highMs ?? measuredMs,
    runs: runs ?? 0,
  };
}

/** What the search measured of the architecture that it chose. */
function measured({ cost, accuracy }: messages.FrontPoint__Output, unit: Report['constraint']['unit']) {
  return { accuracy, ...(unit === 'ms' ? { latencyMs: cost } : {}) };
}

/** The spec of a search, typed. */
export function specOf({ spec }: Pick<messages.Search__Output, 'spec'>): SearchSpec {
  return parseSpec(fromStruct(spec));
}

/** The rounds as the report has them. */
export function roundReports(rounds: readonly messages.Round__Output[], spec: SearchSpec): RoundReport[] {
  return rounds.map((round) => roundReport(roundOutcome(round), unitOf(spec.constraint)));
}

function roundOutcome(round: messages.Round__Output) {
  const cells = (sets: messages.CellOperations__Output[] | undefined) =>
    (sets ?? []).map(({ index }) => index);
  const { space } = round;
  return {
    round: round.round,
    front: round.front,
    scored: round.scored,
    space: {
      subsets: cells(space?.subsets),
      tried: cells(space?.tried),
      kept: cells(space?.kept),
      dropped: cells(space?.dropped),
      pruned: cells(space?.pruned),
      optimized: cells(space?.optimized),
    },
    logits: round.logits.map(({ value }) =>
      value.map((number) => (number.kind === 'numberValue' ? (number.numberValue ?? null) : null)),
    ),
    curve: round.curve.map(curvePoint),
    scores: pairs(round.scores),
  };
}

function pairs(flat: readonly number[]): [number, number][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    flat[2 * index] ?? 0,
    flat[2 * index + 1] ?? 0,
  ]);
}

/** A point as the service sent it; gRPC leaves out what is not known. */
function curvePoint(point: messages.CurvePoint__Output) {
  const { step, loss, accuracy, learningRate } = point;
  return {
    step,
    ...(loss === undefined ? {} : { loss }),
    ...(accuracy === undefined ? {} : { accuracy }),
    ...(learningRate === undefined ? {} : { learningRate }),
  };
}

function trained(model: messages.TrainedModel__Output): { testAccuracy: number; curve: CurvePoint[] } {
  return { testAccuracy: model.testAccuracy, curve: trainingCurve(model.curve.map(curvePoint)) };
}

function secondsByStage(
  { rounds, search }: Pick<Finished, 'rounds' | 'search'>,
  { chosen, random }: messages.Retraining__Output,
): Record<string, number> {
  const sum = (stage: string) => rounds.reduce((total, { seconds }) => total + (seconds[stage] ?? 0), 0);
  // Both models are trained at the same time.
  const retrain = Math.max(chosen?.seconds ?? 0, random?.seconds ?? 0);
  const { prepare, measure } = search.latency?.seconds ?? {};
  return {
    ...(prepare === undefined ? {} : { prepare }),
    train: sum('train'),
    evaluate: sum('evaluate'),
    ...(measure === undefined ? {} : { measure }),
    retrain,
  };
}

/** Plain JSON of a frozen, typed spec. */
function jsonOf(spec: SearchSpec): Report['spec'] {
  return JSON.parse(JSON.stringify(spec)) as Report['spec'];
}
