import type { ArtifactRef, Bus } from '@nse/messaging';
import type { handlers, messages } from '@nse/rpc';
import { type TaskReport, taskReport } from '@nse/service';
import { NseError } from '@nse/space';
import { readCurve } from './curve.js';
import { type RetrainResult, retrainTaskId, type Role } from './task.js';

const CHUNK_BYTES = 256 * 1024;

/** The gRPC side of the retrainer. */
export function retrainer(bus: Bus): handlers.Retrainer {
  return {
    getRetraining: async ({ search }) => {
      const chosen = await reportOn(bus, search, 'chosen');
      const random = await reportOn(bus, search, 'random').catch(ifNotFound);
      const { state, failure } = furthestBack(random === undefined ? [chosen] : [chosen, random]);
      return {
        search,
        state,
        failure,
        chosen: await modelMessage(bus, chosen),
        random: random === undefined ? null : await modelMessage(bus, random),
      };
    },

    downloadModel: async function* ({ search, role }) {
      const result = resultOf(await reportOn(bus, search, role === 'RANDOM' ? 'random' : 'chosen'));
      if (result === undefined) {
        throw new NseError('NOT_FOUND', `the model of search "${search}" is not trained yet`);
      }
      yield* download('architecture.json', result.architecture, bus);
      yield* download('model.safetensors', result.weights, bus);
    },
  };
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

async function modelMessage(bus: Bus, report: TaskReport): Promise<messages.TrainedModel | null> {
  const result = resultOf(report);
  if (result === undefined) return null;
  return { ...result, curve: readCurve(await bus.artifacts.get(result.curve)) };
}

async function* download(
  name: string,
  artifact: ArtifactRef,
  bus: Bus,
): AsyncGenerator<messages.DownloadModelResponse, void> {
  const content = await bus.artifacts.get(artifact);
  yield { file: { name, bytes: artifact.bytes, sha256: artifact.sha256 } };
  for (let start = 0; start < content.byteLength; start += CHUNK_BYTES) {
    yield { chunk: Buffer.from(content.subarray(start, start + CHUNK_BYTES)) };
  }
}
