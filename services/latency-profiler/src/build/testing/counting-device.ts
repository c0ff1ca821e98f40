import type { Device, DeviceFacts, Measured, MeasureOptions } from '@nse/devices';
import { NseError } from '@nse/space';
import { parse } from 'protobufjs';

/** The part of ONNX that the device counts by. */
const { root } = parse(`
  syntax = "proto2";
  message ModelProto { optional GraphProto graph = 7; }
  message GraphProto { repeated NodeProto node = 1; repeated TensorProto initializer = 5; }
  message NodeProto { repeated string input = 1; optional string op_type = 4; }
  message TensorProto { repeated int32 dims = 1; optional string name = 8; }
`);
const model = root.lookupType('ModelProto');

/** What the device finds in a model. */
export interface Counted {
  /** Shapes of the convolutions' weights: (out, in / groups, height, width). */
  readonly convolutions: readonly (readonly number[])[];
  readonly additions: number;
  readonly linear: boolean;
}

/** Times of the device's own, in milliseconds. */
export const TIMES = { weight: 1e-5, convolution: 0.01, addition: 0.004 } as const;

/** A device whose nature is known: how long a model takes follows from the convolutions and additions in its file. */
export class CountingDevice implements Device {
  readonly facts: DeviceFacts = {
    ...{ id: 'counting', kind: 'host', model: 'Made up', runtime: 'arithmetic 1', format: 'onnx', cores: 1 },
    properties: { 'made.up': 'yes' },
  };
  /** Every model that was measured, in order. */
  readonly seen: string[] = [];
  calls = 0;

  /**
   * @param disturbed what a model takes in place of its own time
   * @param before is called before each call, and may throw
   */
  constructor(
    private readonly disturbed: (ms: number, counted: Counted) => number = (ms) => ms,
    private readonly before: (call: number, models: readonly Counted[]) => void = () => undefined,
  ) {}

  measure(
    models: readonly Uint8Array[],
    _options: MeasureOptions,
    signal: AbortSignal,
  ): Promise<readonly Measured[]> {
    return new Promise((resolve) => {
      if (signal.aborted) throw new NseError('ABORTED', 'measuring was stopped');
      const counted = models.map(count);
      this.before(++this.calls, counted);
      for (const file of models) this.seen.push(Buffer.from(file).toString('base64'));
      resolve(counted.map((each) => measured(this.disturbed(timeOf(each), each))));
    });
  }
}

export function timeOf({ convolutions, additions }: Counted): number {
  const weights = convolutions.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return weights * TIMES.weight + convolutions.length * TIMES.convolution + additions * TIMES.addition;
}

function count(file: Uint8Array): Counted {
  const { graph } = model.toObject(model.decode(file)) as {
    graph: {
      node: readonly { input: readonly string[]; opType: string }[];
      initializer: readonly { name: string; dims: readonly number[] }[];
    };
  };
  const shapes = new Map(graph.initializer.map(({ name, dims }) => [name, dims]));
  const of = (type: string) => graph.node.filter(({ opType }) => opType === type);
  return {
    convolutions: of('Conv').map(({ input }) => shapes.get(input[1] ?? '') ?? []),
    additions: of('Add').length,
    linear: of('Gemm').length > 0,
  };
}

function measured(medianMs: number): Measured {
  const [lowMs, highMs] = [0.99 * medianMs, 1.01 * medianMs];
  return { medianMs, lowMs, highMs, runs: 60, settled: true, waits: 0, before: {}, after: {} };
}
