import type { Graph } from './graph.js';
import { tfliteModel } from './tflite-graph.js';
import { writeTflite } from './tflite-writer.js';

/**
 * The graph as a TensorFlow Lite file of float32: input (1, height, width, channels), output (1, classes) after a linear
 * layer, else a map. Each entry of `metadata` becomes a named buffer, text as UTF-8. Equal input gives equal bytes.
 */
export function tfliteFile(
  graph: Graph,
  metadata: Readonly<Record<string, string | Uint8Array>> = {},
): Uint8Array {
  return writeTflite(tfliteModel(graph), metadata);
}
