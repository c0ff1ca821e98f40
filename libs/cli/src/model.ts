import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallOptions, Client, messages } from '@nse/rpc';
import { NseError } from '@nse/space';

/** How files hold a network, as commands name it. */
export const modelFormats = ['safetensors', 'onnx', 'tflite', 'tflite-int8', 'pytorch'] as const;
export type ModelFormat = (typeof modelFormats)[number];

const formats: Readonly<
  Record<ModelFormat, { readonly message: messages.ModelFormat; readonly files: readonly string[] }>
> = {
  safetensors: {
    message: 'MODEL_FORMAT_SAFETENSORS',
    files: ['architecture.json', 'model.safetensors'],
  },
  onnx: { message: 'MODEL_FORMAT_ONNX', files: ['model.onnx'] },
  tflite: { message: 'MODEL_FORMAT_TFLITE', files: ['model.tflite'] },
  'tflite-int8': { message: 'MODEL_FORMAT_TFLITE_INT8', files: ['model-int8.tflite'] },
  pytorch: { message: 'MODEL_FORMAT_PYTORCH', files: ['model.py', 'model.safetensors'] },
};

/** The chosen architecture's model, unless it says otherwise. */
export interface WhichModel {
  /** The random architecture's. */
  readonly random?: boolean;
  /** The id of a retraining that was asked for. */
  readonly retraining?: string;
  /** Default: safetensors. */
  readonly format?: ModelFormat;
}

/**
 * Downloads the retrained model's files; by name. Raises NOT_FOUND before the training is done, ABORTED where a file is not
 * what its checksum says.
 */
export async function downloadModel(
  client: Client<'Retrainer'>,
  search: string,
  { random = false, retraining = '', format = 'safetensors', ...options }: CallOptions & WhichModel = {},
): Promise<Map<string, Buffer>> {
  const role = random ? 'RANDOM' : 'CHOSEN';
  const request = { search, role, retraining, format: formats[format].message } as const;
  return await received(client.downloadModel(request, options), format);
}

/** An architecture that shall be exported with fresh weights. */
export interface WhichArchitecture {
  readonly search: string;
  readonly code: string;
  /** In place of the search's. */
  readonly seed?: number;
  /** In place of the search's `network.scale`. */
  readonly widthScale?: number;
  /** Default: safetensors. */
  readonly format?: ModelFormat;
}

/** Downloads files of an architecture that is not trained; by name. Raises INVALID_ARGUMENT with every wrong cell. */
export async function exportArchitecture(
  client: Client<'Retrainer'>,
  { format = 'safetensors', ...which }: WhichArchitecture,
  options: CallOptions = {},
): Promise<Map<string, Buffer>> {
  const request = { ...which, format: formats[format].message };
  return await received(client.exportArchitecture(request, options), format);
}

async function received(
  pieces: AsyncIterable<messages.DownloadModelResponse__Output>,
  format: ModelFormat,
): Promise<Map<string, Buffer>> {
  const parts: { readonly file: messages.ModelFile__Output; readonly chunks: Buffer[] }[] = [];
  for await (const { file, chunk } of pieces) {
    if (file) parts.push({ file, chunks: [] });
    else if (chunk) parts.at(-1)?.chunks.push(Buffer.from(chunk));
  }
  const names = formats[format].files;
  return new Map(parts.map(({ file, chunks }) => [file.name, checked(file, Buffer.concat(chunks), names)]));
}

function checked(
  { name, sha256 }: messages.ModelFile__Output,
  content: Buffer,
  names: readonly string[],
): Buffer {
  if (!names.includes(name)) throw new NseError('INTERNAL', `the service sent an unknown file "${name}"`);
  if (createHash('sha256').update(content).digest('hex') === sha256) return content;
  throw new NseError('ABORTED', `${name} was damaged on its way; download it again`);
}

/** Writes the files into a folder, created where missing; gives their paths. */
export async function writeFiles(
  folder: string,
  files: ReadonlyMap<string, Uint8Array | string>,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  return await Promise.all(
    [...files].map(async ([name, content]) => {
      const path = join(folder, name);
      await writeFile(path, content);
      return path;
    }),
  );
}
