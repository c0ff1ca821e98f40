// With nothing else of ours: a process starts for each call, and @nse/space alone would take it a tenth of a second.
import { InferenceSession, Tensor } from 'onnxruntime-node';

/** A model in the runtime, with its input and its output allocated once. */
export interface LoadedModel {
  run(): Promise<unknown>;
}

export interface Threads {
  readonly threads: number;
  readonly pinned: readonly number[];
}

/**
 * Loads a model as somebody who wants latency would: all optimisations of the graph, one operator after the other, threads that spin
 * while a run lasts and not longer. Inputs are filled with the noise, over and over. Raises the runtime's own errors.
 */
export async function loadModel(
  file: Uint8Array,
  noise: Float32Array,
  threads: Threads,
): Promise<LoadedModel> {
  const session = await InferenceSession.create(file, {
    intraOpNumThreads: threads.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    extra: { session: sessionEntries(threads) },
  });
  const feeds: Record<string, Tensor> = {};
  for (const input of session.inputMetadata) feeds[input.name] = noisyInput(input, noise);
  // The output of the first run is written over by all others.
  const fetches = await session.run(feeds);
  return { run: () => session.run(feeds, fetches) };
}

function sessionEntries({ threads, pinned }: Threads): Record<string, unknown> {
  // One entry for each thread but the first, which is ours; processors count from 1.
  const affinities = Array.from({ length: threads - 1 }, (_, index) =>
    String((pinned[(index + 1) % pinned.length] ?? 0) + 1),
  );
  return {
    intra_op: { allow_spinning: '1' },
    // Else the threads of one model's session would spin on while another model runs.
    force_spinning_stop: '1',
    // As phones do; else latency depends on how small the weights of a trained model happen to be.
    set_denormal_as_zero: '1',
    ...(pinned.length === 0 || threads === 1 ? {} : { intra_op_thread_affinities: affinities.join(';') }),
  };
}

function noisyInput(input: InferenceSession.ValueMetadata, noise: Float32Array): Tensor {
  if (!input.isTensor || input.type !== 'float32')
    throw new Error(`input ${input.name} is no tensor of float32`);
  const shape = input.shape.map((size) => {
    if (typeof size !== 'number') throw new Error(`input ${input.name} has no fixed shape: ${size}`);
    return size;
  });
  const count = shape.reduce((product, size) => product * size, 1);
  const data = Float32Array.from({ length: count }, (_, index) => noise[index % noise.length] ?? 0);
  return new Tensor('float32', data, shape);
}
