import { createHash } from 'node:crypto';
import { type Model, modelFiles, type ModelFormat } from '@nse/export';
import type { Bus, RetrainedModel } from '@nse/messaging';
import type { messages } from '@nse/rpc';
import { NseError } from '@nse/space';
import { storedModel } from './stored-model.js';

const CHUNK_BYTES = 256 * 1024;

type Pieces = AsyncGenerator<messages.DownloadModelResponse, void>;

const formats: Readonly<Record<messages.ModelFormat__Output, ModelFormat>> = {
  MODEL_FORMAT_SAFETENSORS: 'safetensors',
  MODEL_FORMAT_ONNX: 'onnx',
  MODEL_FORMAT_TFLITE: 'tflite',
  MODEL_FORMAT_TFLITE_INT8: 'tflite-int8',
  MODEL_FORMAT_PYTORCH: 'pytorch',
};

/** Raises INVALID_ARGUMENT for a number that stands for no format. */
export function requestedFormat(format: messages.ModelFormat__Output): ModelFormat {
  // A number that the proto does not name comes as it is.
  const found = (formats as Readonly<Partial<Record<string | number, ModelFormat>>>)[format];
  if (found !== undefined) return found;
  const names = Object.keys(formats).join(', ');
  throw new NseError('INVALID_ARGUMENT', `there is no format ${format}; there are ${names}`, {
    field: 'format',
  });
}

/** A trained model's files; those of safetensors are the stored ones, without a look into them. */
export async function* downloadTrained(
  bus: Bus,
  search: string,
  model: RetrainedModel,
  format: ModelFormat,
): Pieces {
  if (format !== 'safetensors') {
    yield* downloadFiles(format, await storedModel(bus, search, model));
    return;
  }
  yield* pieces('architecture.json', await bus.artifacts.get(model.architecture));
  yield* pieces('model.safetensors', await bus.artifacts.get(model.weights));
}

export function* downloadFiles(
  format: ModelFormat,
  model: Model,
): Generator<messages.DownloadModelResponse, void> {
  for (const [name, content] of modelFiles(format, model)) yield* pieces(name, content);
}

/** What a file is, then its content. */
function* pieces(name: string, content: Uint8Array): Generator<messages.DownloadModelResponse, void> {
  const sha256 = createHash('sha256').update(content).digest('hex');
  yield { file: { name, bytes: content.byteLength, sha256 } };
  for (let start = 0; start < content.byteLength; start += CHUNK_BYTES) {
    yield { chunk: Buffer.from(content.subarray(start, start + CHUNK_BYTES)) };
  }
}
