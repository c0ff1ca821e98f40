import { NseError } from '@nse/space';
import { writeSafetensors } from '@nse/safetensors';
import type { Graph } from './graph.js';
import { tfliteInt8File } from './int8.js';
import { type FileMetadata, fileMetadata, type ImageInput, type ModelFacts } from './metadata.js';
import { networkGraph, type NetworkInput } from './network-graph.js';
import { onnxFile } from './onnx.js';
import { pytorchModule } from './pytorch.js';
import { rangesFrom } from './ranges-text.js';
import { tfliteFile } from './tflite.js';
import { withLabels } from './tflite-labels.js';
import { standardMetadata, TFLITE_STANDARD_METADATA } from './tflite-metadata.js';
import type { StoredWeight } from './weight-source.js';

export const modelFormats = ['safetensors', 'onnx', 'tflite', 'tflite-int8', 'pytorch'] as const;
export type ModelFormat = (typeof modelFormats)[number];

/** A network with its weights, trained or not. */
export interface Model {
  readonly input: NetworkInput;
  readonly facts: ModelFacts;
  readonly weights: ReadonlyMap<string, StoredWeight>;
  /** architecture.json */
  readonly description: Uint8Array;
  /** model.safetensors, where it is stored; made of `weights` where not. */
  readonly weightsFile?: Uint8Array;
  /** Of the activations, as `rangesText` writes them: int8 needs them, and only training leaves them. */
  readonly ranges?: string;
}

/** The name of the TensorFlow Lite buffer that holds all metadata as one JSON object. */
export const TFLITE_METADATA_NAME = 'nse.json';

/**
 * The files of a format, by name, in the order in which they are sent. Throws INVALID_ARGUMENT where int8 is asked for and
 * there are no ranges, and for weights that do not fit the network; FAILED_PRECONDITION for ranges of another graph.
 */
export function modelFiles(format: ModelFormat, model: Model): ReadonlyMap<string, Uint8Array> {
  switch (format) {
    case 'safetensors':
      return new Map([['architecture.json', model.description], weightsEntry(model)]);
    case 'pytorch': {
      const module = new TextEncoder().encode(pytorchModule(model.input, model.facts));
      return new Map([['model.py', module], weightsEntry(model)]);
    }
    case 'onnx': {
      const graph = graphOf(model);
      return new Map([['model.onnx', onnxFile(graph, metadataOf(model, graph, 'NCHW'))]]);
    }
    case 'tflite': {
      const graph = graphOf(model);
      return new Map([['model.tflite', labelled(tfliteFile(graph, tfliteNotes(model, graph)), model)]]);
    }
    case 'tflite-int8':
      return new Map([['model-int8.tflite', int8File(model)]]);
  }
}

/** The metadata of model.safetensors: input and outputs are those of the PyTorch module. */
export function safetensorsMetadata({ network }: NetworkInput, facts: ModelFacts): FileMetadata {
  const shape = [network.imageChannels, network.imageSize, network.imageSize] as const;
  return { format: 'pt', ...fileMetadata(facts, { name: 'images', shape, layout: 'NCHW' }) };
}

function weightsEntry({ input, facts, weights, weightsFile }: Model): [string, Uint8Array] {
  const file = weightsFile ?? writeSafetensors(weights, safetensorsMetadata(input, facts));
  return ['model.safetensors', file];
}

function int8File(model: Model): Uint8Array {
  if (model.ranges === undefined) {
    const reason =
      'needs the ranges of activations, which training leaves: ask for float, or train the architecture';
    throw new NseError('INVALID_ARGUMENT', `int8 ${reason}`, { field: 'format' });
  }
  const graph = graphOf(model);
  return labelled(tfliteInt8File(graph, rangesFrom(model.ranges, graph), tfliteNotes(model, graph)), model);
}

const graphOf = ({ input, weights }: Model): Graph => networkGraph({ ...input, weights });

function metadataOf({ facts }: Model, { input }: Graph, layout: ImageInput['layout']): FileMetadata {
  return fileMetadata(facts, { ...input, layout });
}

function tfliteNotes(model: Model, graph: Graph): Readonly<Record<string, string | Uint8Array>> {
  return {
    [TFLITE_METADATA_NAME]: JSON.stringify(metadataOf(model, graph, 'NHWC')),
    [TFLITE_STANDARD_METADATA]: standardMetadata(graph, model.facts),
  };
}

function labelled(file: Uint8Array, { facts: { labels } }: Model): Uint8Array {
  return labels === undefined ? file : withLabels(file, labels);
}
