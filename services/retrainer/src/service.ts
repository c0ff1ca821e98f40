import { taskStatus, type TaskStatus } from '@nse/jobs';
import type { ArtifactRef, Bus } from '@nse/messaging';
import type { handlers, messages } from '@nse/rpc';
import { NseError } from '@nse/space';
import { readCurve } from './curve.js';
import { type RetrainResult, retrainTaskId, type Role } from './task.js';

const CHUNK_BYTES = 256 * 1024;

/** The gRPC side of the retrainer. */
export function retrainer(bus: Bus): handlers.Retrainer {
  return {
    getRetraining: async ({ search }) => {
      const chosen = await statusOf(bus, search, 'chosen');
      const random = await statusOf(bus, search, 'random').catch(ifNotFound);
      const failed = [chosen, random].find((status) => status?.state === 'TASK_STATE_FAILED');
      return {
        search,
        state: failed?.state ?? (isDone(chosen) && isDone(random) ? 'TASK_STATE_SUCCEEDED' : chosen.state),
        failure: failed === undefined ? null : failureMessage(failed),
        chosen: await modelMessage(bus, chosen),
        random: random === undefined ? null : await modelMessage(bus, random),
      };
    },

    downloadModel: async function* ({ search, role }) {
      const status = await statusOf(bus, search, role === 'RANDOM' ? 'random' : 'chosen');
      const result = resultOf(status);
      if (result === undefined) {
        throw new NseError('NOT_FOUND', `the model of search "${search}" is not trained yet`);
      }
      yield* download('architecture.json', result.architecture, bus);
      yield* download('model.safetensors', result.weights, bus);
    },
  };
}

/** Raises NOT_FOUND where the retraining has not begun. */
function statusOf(bus: Bus, search: string, role: Role): Promise<TaskStatus> {
  return taskStatus(
    bus,
    retrainTaskId(search, role),
    `retraining of the ${role} model of search "${search}"`,
  );
}

/** A search may ask for no comparison. */
function ifNotFound(error: unknown): undefined {
  if (!(error instanceof NseError && error.code === 'NOT_FOUND')) throw error;
}

const isDone = (status: TaskStatus | undefined) =>
  status === undefined || status.state === 'TASK_STATE_SUCCEEDED';

const resultOf = ({ results }: TaskStatus) => results[0] as RetrainResult | undefined;

function failureMessage({ failure = 'unknown', attempts }: TaskStatus): messages.Failure {
  return { stage: 'retrain', round: 0, reason: failure, attempts };
}

async function modelMessage(bus: Bus, status: TaskStatus): Promise<messages.TrainedModel | null> {
  const result = resultOf(status);
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
