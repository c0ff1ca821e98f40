import { onnxFile, type Graph } from '@nse/export';

/** One sigmoid of one number: an inference that is over at once. */
export function trivialModel(): Uint8Array {
  const shape = [1, 1, 1] as const;
  const graph: Graph = {
    input: { name: 'input', shape },
    output: 'output',
    nodes: [{ kind: 'sigmoid', name: 'only', input: 'input', output: 'output' }],
    shapes: new Map([
      ['input', shape],
      ['output', shape],
    ]),
  };
  return onnxFile(graph);
}
