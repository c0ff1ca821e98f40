import type { Bus } from '@nse/messaging';
import type { messages } from '@nse/rpc';
import { type TaskReport, taskReport } from '@nse/service';
import { NseError } from '@nse/space';
import { modelMessage } from './model-message.js';
import { type RetrainResult, type RetrainTask, retrainTaskId, type Role } from './task.js';

/** The retraining that belongs to the search itself. Raises NOT_FOUND before its rounds are over. */
export async function ownRetraining(bus: Bus, search: string): Promise<messages.Retraining> {
  const chosen = await reportOn(bus, search, 'chosen');
  const random = await reportOn(bus, search, 'random').catch(ifNotFound);
  const reports: readonly [TaskReport, ...TaskReport[]] = random === undefined ? [chosen] : [chosen, random];
  const { state, failure } = furthestBack(reports);
  const { code, widthScale } = chosen.task.input as RetrainTask;
  return {
    search,
    id: '',
    code,
    ...(widthScale === undefined ? {} : { widthScale }),
    state,
    failure,
    waiting: reports.find(({ waiting }) => waiting !== '')?.waiting ?? '',
    chosen: await modelOf(bus, chosen),
    random: random === undefined ? null : await modelOf(bus, random),
  };
}

/** The trained model of that role; undefined before it is trained. Raises NOT_FOUND where the retraining has not begun. */
export async function ownModel(bus: Bus, search: string, role: Role): Promise<RetrainResult | undefined> {
  return resultOf(await reportOn(bus, search, role));
}

/** Raises NOT_FOUND where the retraining has not begun. */
function reportOn(bus: Bus, search: string, role: Role): Promise<TaskReport> {
  const of = { search, stage: 'retrain', round: 0 } as const;
  return taskReport(
    bus,
    retrainTaskId(search, role),
    of,
    `retraining of the ${role} model of search "${search}"`,
  );
}

/** A search may ask for no comparison. */
function ifNotFound(error: unknown): undefined {
  if (!(error instanceof NseError && error.code === 'NOT_FOUND')) throw error;
}

const ORDER = ['TASK_STATE_FAILED', 'TASK_STATE_RUNNING', 'TASK_STATE_PENDING', 'TASK_STATE_SUCCEEDED'];

/** The retraining as a whole: it has failed where one has, and is done when all are. */
function furthestBack(reports: readonly [TaskReport, ...TaskReport[]]): TaskReport {
  return reports.reduce((a, b) => (ORDER.indexOf(b.state) < ORDER.indexOf(a.state) ? b : a));
}

const resultOf = ({ results }: TaskReport) => results[0] as RetrainResult | undefined;

async function modelOf(bus: Bus, report: TaskReport): Promise<messages.TrainedModel | null> {
  const result = resultOf(report);
  return result === undefined ? null : await modelMessage(bus, result);
}
