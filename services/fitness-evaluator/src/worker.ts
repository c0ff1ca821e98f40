import { batches, fixedBatches, loadDataset } from '@nse/data';
import { runWorker, type WorkerContext } from '@nse/jobs';
import { decodeArchitecture, macroNetwork } from '@nse/space';
import { evaluateArchitectures } from '@nse/supernet';
import { loadBackendFor } from '@nse/tensor';
import { poolOf } from '@nse/spec';
import type { Chunk } from './chunks.js';
import { type ChunkScore, decodeEvaluateTask, type EvaluateTask } from './task.js';

/** Takes chunks of architectures until none is left; any number of these workers share a task. */
async function evaluate(context: WorkerContext<EvaluateTask>): Promise<{ chunks: number }> {
  const { input, bus, task, signal, log } = context;
  const { spec, round } = input;
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);
  await loadBackendFor(spec.evaluate.gpus, (text) => log.warn(text));
  const dataset = await loadDataset(spec.dataset, {
    network: spec.network,
    signal,
    notice: (text) => log.info(text),
  });
  const { batchSize, images, calibrationBatches } = spec.evaluate;
  const weights = await bus.artifacts.get(input.weights);
  const calibration = batches(dataset.train, {
    batchSize,
    seed: spec.seed,
    counters: ['calibrate', round],
  });
  const heldOut = await fixedBatches(dataset.heldOut, { batchSize, images });

  let chunks = 0;
  const score = async (chunk: Chunk): Promise<ChunkScore[]> => {
    const scores: ChunkScore[] = [];
    await evaluateArchitectures(
      {
        network,
        pool,
        weights,
        subsets: input.subsets,
        architectures: chunk.items.map(({ code }) => decodeArchitecture(code, network, pool)),
        calibrationBatches,
      },
      { calibration, heldOut },
      {
        scored: (index, found) => {
          scores.push({ index: chunk.items[index]?.index ?? -1, ...found });
        },
        progress: () => undefined,
        signal,
      },
    );
    chunks += 1;
    return scores;
  };
  const queue = await bus.workQueue<Chunk, ChunkScore[]>(task);
  await queue.work(score, signal);
  return { chunks };
}

void runWorker({ name: 'fitness-evaluator', decode: decodeEvaluateTask, handler: evaluate });
