import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type Graph, networkGraph, type NetworkInput, onnxFile, tfliteFile } from '@nse/export';
import type { StoredTensor } from '@nse/safetensors';

import { channelsFirst, difference, drawnImages, engineLogits, weightsOf } from './engine.js';
import { jsonIn, runPython, withFolder } from './runtimes.js';

const IMAGES = 2;
/** Put into every TensorFlow Lite file. */
export const METADATA = { title: 'a “title”', empty: '' };
const WITHIN_MS = 180_000;

/** An architecture, and the weights that its file has where they are not the engine's: a bug that must be noticed. */
export interface Trial {
  readonly input: NetworkInput;
  readonly planted?: ReadonlyMap<string, StoredTensor>;
}

/** How far a runtime is from the engine, as a share of the largest logit. */
interface Outcome {
  readonly difference: number;
}

/** An ONNX file and its images (count, channels, height, width), of which one has that shape. */
interface OnnxTrial {
  readonly file: Uint8Array;
  readonly images: Float32Array;
  readonly shape: readonly number[];
}

/** Each architecture as an ONNX file in ONNX Runtime, all in one process. */
export function inOnnxRuntime(trials: readonly Trial[]): Outcome[] {
  const files = trials.map(({ input, planted }) => ({
    file: onnxFile(graphOf(input, planted)),
    images: channelsFirst(drawnImages(input, IMAGES), input),
    shape: imageShape(input),
  }));
  return onnxOutputs(files).map((logits, index) => outcomeOf(trials[index], logits));
}

/** What ONNX Runtime gives for each file, image by image. */
export function onnxOutputs(trials: readonly OnnxTrial[]): Float32Array[] {
  const files = trials.map(({ file, images, shape }) => ({
    'model.onnx': file,
    'images.bin': bytesOf(images),
    'shape.json': JSON.stringify(shape),
  }));
  return inFolders(files, (folder, names) => {
    const program = [join(__dirname, 'onnx-logits.js'), ...names];
    execFileSync(process.execPath, program, { cwd: folder, timeout: WITHIN_MS, stdio: 'pipe' });
    return names.map((name) => logitsIn(folder, name));
  });
}

/** What LiteRT says of a file too. */
export interface TfliteOutcome extends Outcome {
  /** How often each operator is there. */
  readonly operators: Readonly<Record<string, number>>;
  readonly signature: Readonly<Record<'inputs' | 'outputs', readonly string[]>>;
  /** Buffers that do not begin at a multiple of 16. */
  readonly misaligned: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** What it carries as an archive behind it, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Numbers of the operators, with their versions. */
  readonly versions: readonly (readonly [operator: number, version: number])[];
}

/** Each architecture as a TensorFlow Lite file in LiteRT's interpreter. */
export function inLiteRt(trials: readonly Trial[]): TfliteOutcome[] {
  const files = trials.map(({ input, planted }) => ({
    file: tfliteFile(graphOf(input, planted), METADATA),
    images: drawnImages(input, IMAGES),
  }));
  return liteRtLogits(files).map(({ logits, ...facts }, index) => ({
    ...facts,
    ...outcomeOf(trials[index], logits),
  }));
}

/** The graph of the architecture, with the weights that it is tried with. */
export function graphOf(
  input: NetworkInput,
  weights: ReadonlyMap<string, StoredTensor> = trainedWeights(input),
): Graph {
  return networkGraph({ ...input, weights });
}

const drawn = new WeakMap<NetworkInput, ReadonlyMap<string, StoredTensor>>();

/** As `weightsOf`, drawn once for each input. */
function trainedWeights(input: NetworkInput): ReadonlyMap<string, StoredTensor> {
  const weights = drawn.get(input) ?? weightsOf(input);
  drawn.set(input, weights);
  return weights;
}

function inFolders<T>(
  files: readonly Readonly<Record<string, string | Uint8Array>>[],
  action: (folder: string, names: readonly string[]) => T,
): T {
  const all = files.flatMap((each, index) =>
    Object.entries(each).map(([name, content]) => [`${index}/${name}`, content] as const),
  );
  return withFolder(Object.fromEntries(all), (folder) =>
    action(
      folder,
      files.map((_, index) => String(index)),
    ),
  );
}

function outcomeOf(trial: Trial | undefined, logits: Float32Array): Outcome {
  if (trial === undefined) throw new Error('there are more outcomes than trials');
  const { input } = trial;
  const expected = engineLogits(input, trainedWeights(input), drawnImages(input, IMAGES));
  return { difference: difference(logits, expected) };
}

function logitsIn(folder: string, name: string): Float32Array {
  return new Float32Array(Uint8Array.from(readFileSync(join(folder, name, 'logits.bin'))).buffer);
}

function imageShape({ network }: NetworkInput): readonly number[] {
  return [network.imageChannels, network.imageSize, network.imageSize];
}

function bytesOf(numbers: Float32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

/** What LiteRT's interpreter gives for a file, (count, classes) flat, and what it says of the file. */
export interface FileOutcome extends Omit<TfliteOutcome, 'difference'> {
  readonly logits: Float32Array;
}

/** Each file in LiteRT's interpreter on images of its own, channels last. */
export function liteRtLogits(
  files: readonly { readonly file: Uint8Array; readonly images: Float32Array }[],
): FileOutcome[] {
  const inputs = files.map(({ file, images }) => ({ 'model.tflite': file, 'images.bin': bytesOf(images) }));
  return inFolders(inputs, (folder, names) => {
    runPython('litert', 'tflite_logits.py', folder, ...names);
    return names.map((name) => ({
      ...(jsonIn(folder, `${name}/facts.json`) as Omit<TfliteOutcome, 'difference'>),
      logits: logitsIn(folder, name),
    }));
  });
}
