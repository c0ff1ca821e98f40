import { tiny } from './system.js';

export type Answer = Readonly<Record<string, unknown>>;

/** Answers of earlier calls, by `as`. */
type Seen = ReadonlyMap<string, Answer>;

/** A call, and what must come of it. */
export interface Call {
  readonly method: string;
  readonly request: object | ((seen: Seen) => object);
  /** Of a stream that has no end: how long to listen. */
  readonly forSeconds?: number;
  /** Keeps the answer under this name. */
  readonly as?: string;
  /** What the first answer must hold. */
  readonly answers?: object;
  /** The status by number, and the field that BadRequest must name, where the call has one to blame. */
  readonly fails?: { readonly code: number; readonly field?: string };
}

const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;

const search = tiny.search;
const nowhere = { search: 'nowhere' };
const wrong = { search: 'Not An Id' };
const second = { search: 'second' };
const chosen = (seen: Seen) => (seen.get('search')?.['chosen'] as { code: string }).code;
const idOf = (seen: Seen, name: string) => ({ search, id: seen.get(name)?.['id'] });

const table = {
  unit: 'ms',
  columns: [
    'hw',
    'c_in',
    'c_out',
    'kernel',
    'stride',
    'padding',
    'dilation',
    'group',
    'type_code',
    'exec_time',
  ],
  rows: [[28, 8, 8, 3, 1, 1, 1, 1, 1, 0.5]],
};

const spaceManager: Call[] = [
  {
    method: 'SpaceManager/GetSearch',
    request: { search },
    as: 'search',
    answers: { id: search, phase: 'SUCCEEDED' },
  },
  { method: 'SpaceManager/GetSearch', request: nowhere, fails: { code: NOT_FOUND, field: 'search' } },
  { method: 'SpaceManager/ListSearches', request: { page_size: 1 }, answers: { searches: [{ id: search }] } },
  {
    method: 'SpaceManager/ListSearches',
    request: { pageSize: -1 },
    fails: { code: INVALID_ARGUMENT, field: 'page_size' },
  },
  { method: 'SpaceManager/WatchSearch', request: { search }, answers: { search: { id: search } } },
  {
    method: 'SpaceManager/AddOperations',
    request: { ...nowhere, pool: 'mac72' },
    fails: { code: NOT_FOUND, field: 'search' },
  },
  {
    method: 'SpaceManager/ListRounds',
    request: { search },
    answers: { rounds: [{ round: 1 }, { round: 2 }] },
  },
  { method: 'SpaceManager/GetSpace', request: { search }, answers: { round: 2, pool: 'mac27' } },
  {
    method: 'SpaceManager/GetRound',
    request: { search, round: 1 },
    answers: { round: 1, artifacts: { weights: {} } },
  },
  {
    method: 'SpaceManager/GetRound',
    request: { search, round: 9 },
    fails: { code: NOT_FOUND, field: 'round' },
  },
  { method: 'SpaceManager/GetFront', request: { search }, answers: { round: 2 } },
  {
    method: 'SpaceManager/DescribeArchitecture',
    request: (seen) => ({ search, code: chosen(seen) }),
    answers: { cells: [{ kind: 'R' }, {}, {}, {}, {}, {}] },
  },
  {
    method: 'SpaceManager/DescribeArchitecture',
    request: { search, code: '99.x' },
    fails: { code: INVALID_ARGUMENT, field: 'code' },
  },
  { method: 'SpaceManager/ListPools', request: {}, answers: { pools: [{}, {}, {}] } },
  { method: 'SpaceManager/ListPresets', request: {}, as: 'presets' },
];

const lifecycle: Call[] = [
  {
    method: 'SpaceManager/CreateSearch',
    request: { spec: { name: 'x' } },
    fails: { code: INVALID_ARGUMENT, field: 'dataset' },
  },
  {
    method: 'SpaceManager/CreateSearch',
    request: { ...second, spec: tiny.spec },
    answers: { id: 'second', phase: 'RUNNING' },
  },
  { method: 'SpaceManager/PauseSearch', request: second, answers: { phase: 'PAUSED' } },
  { method: 'SpaceManager/ResumeSearch', request: second, answers: { phase: 'RUNNING', resumes: 1 } },
  {
    method: 'SpaceManager/DeleteSearch',
    request: second,
    fails: { code: FAILED_PRECONDITION, field: 'search' },
  },
  { method: 'SpaceManager/CancelSearch', request: second, answers: { phase: 'CANCELLED' } },
  { method: 'SpaceManager/DeleteSearch', request: second, answers: {} },
];

const evaluator: Call[] = [
  {
    method: 'FitnessEvaluator/GetEvaluation',
    request: { search },
    answers: { round: 2, state: 'TASK_STATE_SUCCEEDED' },
  },
  { method: 'FitnessEvaluator/GetEvaluation', request: nowhere, fails: { code: NOT_FOUND, field: 'search' } },
  {
    method: 'FitnessEvaluator/EvaluateArchitectures',
    request: { search, codes: ['99.x'] },
    fails: { code: INVALID_ARGUMENT, field: 'codes' },
  },
  {
    method: 'FitnessEvaluator/EvaluateArchitectures',
    // Not `chosen`: the first round may have found it, with operations that the last supernet does not hold any more.
    request: (seen) => ({
      search,
      round: (seen.get('search')?.['chosen'] as { round: number }).round,
      codes: [chosen(seen)],
    }),
    as: 'evaluation',
    answers: { total: 1 },
  },
  {
    method: 'FitnessEvaluator/WatchArchitectureEvaluation',
    request: (seen) => idOf(seen, 'evaluation'),
    answers: { total: 1 },
  },
  {
    method: 'FitnessEvaluator/GetArchitectureEvaluation',
    request: (seen) => idOf(seen, 'evaluation'),
    answers: { state: 'TASK_STATE_SUCCEEDED', scores: [{}] },
  },
];

const retrainer: Call[] = [
  { method: 'Retrainer/GetRetraining', request: { search }, answers: { state: 'TASK_STATE_SUCCEEDED' } },
  {
    method: 'Retrainer/DownloadModel',
    request: { search, role: 'CHOSEN' },
    answers: { file: { name: 'architecture.json' } },
  },
  {
    method: 'Retrainer/DownloadModel',
    request: { search, format: 'MODEL_FORMAT_TFLITE_INT8' },
    answers: { file: { name: 'model-int8.tflite' } },
  },
  { method: 'Retrainer/DownloadModel', request: nowhere, fails: { code: NOT_FOUND } },
  {
    method: 'Retrainer/ExportArchitecture',
    request: (seen) => ({ search, code: chosen(seen), format: 'MODEL_FORMAT_ONNX' }),
    answers: { file: { name: 'model.onnx' } },
  },
  {
    method: 'Retrainer/ExportArchitecture',
    request: { search, code: '99.x' },
    fails: { code: INVALID_ARGUMENT, field: 'code' },
  },
  {
    method: 'Retrainer/StartRetraining',
    request: { search, code: '99.x' },
    fails: { code: INVALID_ARGUMENT, field: 'code' },
  },
  {
    method: 'Retrainer/StartRetraining',
    request: (seen) => ({ search, code: chosen(seen), seed: 7 }),
    as: 'retraining',
    answers: { search },
  },
  {
    method: 'Retrainer/WatchRetraining',
    request: (seen) => idOf(seen, 'retraining'),
    answers: { retraining: { search } },
  },
  { method: 'Retrainer/ListRetrainings', request: { search }, answers: { retrainings: [{ id: '' }, {}] } },
];

const measurement = { id: '0123456789ab' };
const noBuild = { name: 'nowhere' };

const devices: Call[] = [
  { method: 'LatencyProfiler/ListDevices', request: {}, answers: {} },
  { method: 'LatencyProfiler/WatchDevices', request: {}, forSeconds: 10, answers: { kind: 'host' } },
  {
    method: 'LatencyProfiler/MeasureArchitectures',
    request: { device: 'nowhere', search, codes: ['99.x'], options: { threads: 0 } },
    fails: { code: INVALID_ARGUMENT, field: 'options.threads' },
  },
  { method: 'LatencyProfiler/GetMeasurement', request: measurement, fails: { code: NOT_FOUND, field: 'id' } },
  { method: 'LatencyProfiler/WatchMeasurement', request: measurement, fails: { code: NOT_FOUND } },
  { method: 'LatencyProfiler/CancelMeasurement', request: measurement, fails: { code: NOT_FOUND } },
  {
    method: 'LatencyProfiler/BuildTable',
    request: { name: 'No Name', device: 'nowhere', search },
    fails: { code: INVALID_ARGUMENT, field: 'name' },
  },
  { method: 'LatencyProfiler/GetTableBuild', request: noBuild, fails: { code: NOT_FOUND, field: 'name' } },
  { method: 'LatencyProfiler/WatchTableBuild', request: noBuild, fails: { code: NOT_FOUND } },
  { method: 'LatencyProfiler/CancelTableBuild', request: noBuild, fails: { code: NOT_FOUND } },
];

const others: Call[] = [
  {
    method: 'SupernetTrainer/GetTraining',
    request: { search },
    answers: { round: 2, state: 'TASK_STATE_SUCCEEDED' },
  },
  {
    method: 'SupernetTrainer/GetTraining',
    request: wrong,
    fails: { code: INVALID_ARGUMENT, field: 'search' },
  },
  {
    method: 'LatencyProfiler/ImportTable',
    request: { name: 'tiny', table },
    answers: { name: 'tiny', entries: 1 },
  },
  {
    method: 'LatencyProfiler/ImportTable',
    request: { name: 'faulty', table: { unit: 'ms' } },
    fails: { code: INVALID_ARGUMENT, field: 'table.columns' },
  },
  { method: 'LatencyProfiler/GetTable', request: { name: 'tiny' }, answers: { content: table } },
  { method: 'LatencyProfiler/ListTables', request: {}, answers: { tables: [{ name: 'tiny' }] } },
  {
    method: 'LatencyProfiler/LookUp',
    request: (seen) => ({ table: 'tiny', search, code: chosen(seen) }),
    fails: { code: INVALID_ARGUMENT, field: 'table' },
  },
];

/** At least one for every method, in an order in which each finds what it needs. */
export const calls: readonly Call[] = [
  ...spaceManager,
  ...evaluator,
  ...retrainer,
  ...devices,
  ...others,
  ...lifecycle,
];

/** What the call sends after the earlier ones. */
export function requestOf({ request }: Call, seen: Seen): object {
  return typeof request === 'function' ? (request as (seen: Seen) => object)(seen) : request;
}
