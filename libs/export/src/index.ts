export type * from './graph.js';
export type { StoredWeight } from './weight-source.js';
export { networkGraph, type NetworkInput, randomWeights } from './network-graph.js';
export { contextGraph, type ContextInput, type EndInput, stemGraph, tailGraph } from './context-graph.js';
export { onnxFile, type OnnxOptions } from './onnx.js';
export {
  describeFacts,
  type FileMetadata,
  fileMetadata,
  type ImageInput,
  type ModelFacts,
  type Normalisation,
} from './metadata.js';
export { tfliteFile } from './tflite.js';
export { pytorchModule } from './pytorch.js';
export { tfliteInt8File } from './int8.js';
export { type ActivationRanges, RangeFinder } from './int8-ranges.js';
export {
  type Model,
  modelFiles,
  type ModelFormat,
  modelFormats,
  safetensorsMetadata,
  TFLITE_METADATA_NAME,
} from './model-files.js';
export { rangesText } from './ranges-text.js';
