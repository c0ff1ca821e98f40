import type { Bus } from '@nse/messaging';
import type { JobSpec } from '@nse/jobs';
import { NseError } from '@nse/space';

/** What one worker of a task returns: of the shape that the service's own worker would return, at once. */
export async function tinyWork(bus: Bus, spec: JobSpec, signal: AbortSignal): Promise<unknown> {
  switch (spec.service) {
    case 'supernet-trainer':
      return await train(bus, spec);
    case 'fitness-evaluator':
      return await score(bus, spec, signal);
    case 'retrainer':
      return await retrain(bus, spec);
  }
}

async function train(bus: Bus, { id, input }: JobSpec): Promise<unknown> {
  const subsets = field(input, 'subsets') as readonly (readonly number[])[];
  return {
    weights: await bus.artifacts.put(`${id}/supernet.safetensors`, tinyWeights(id)),
    subsets,
    logits: subsets.map((subset) => subset.map(() => 0)),
    pruned: subsets.map(() => []),
    curve: await bus.artifacts.put(`${id}/curve.json`, tinyCurve()),
    seconds: 0.01,
  };
}

interface Chunk {
  readonly items: readonly { readonly index: number; readonly code: string }[];
}

/** Takes chunks from the task's queue until all are scored, as the real worker does. */
async function score(bus: Bus, { id }: JobSpec, signal: AbortSignal): Promise<unknown> {
  let chunks = 0;
  const queue = await bus.workQueue<Chunk, unknown>(id);
  await queue.work(({ items }) => {
    chunks += 1;
    return Promise.resolve(items.map(({ index, code }) => ({ index, ...tinyScore(code) })));
  }, signal);
  return { chunks };
}

async function retrain(bus: Bus, { id, input }: JobSpec): Promise<unknown> {
  const code = String(field(input, 'code'));
  const architecture = Buffer.from(JSON.stringify({ code }));
  return {
    code,
    macs: 1e6,
    params: 1e4,
    testAccuracy: tinyScore(code).accuracy,
    weights: await bus.artifacts.put(`${id}/model.safetensors`, tinyWeights(id)),
    architecture: await bus.artifacts.put(`${id}/architecture.json`, architecture),
    curve: await bus.artifacts.put(`${id}/curve.json`, tinyCurve()),
    seconds: 0.01,
  };
}

/** A function of the code alone, so that a repetition scores the same. */
export function tinyScore(code: string): { accuracy: number; loss: number } {
  let hash = 0;
  for (const char of code) hash = (hash * 31 + char.charCodeAt(0)) % 9_973;
  return { accuracy: 0.1 + (0.8 * hash) / 9_973, loss: 1 + hash / 9_973 };
}

const VALUES = 1_024;

/** A sound safetensors file with one tensor; what is in it differs from task to task. */
function tinyWeights(task: string): Buffer {
  const header = JSON.stringify({ w: { dtype: 'F32', shape: [VALUES], data_offsets: [0, 4 * VALUES] } });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(4 * VALUES, task)]);
}

function tinyCurve(): Buffer {
  const steps = Array.from({ length: 20 }, (_, step) => ({ step: step + 1, loss: 2 / (step + 1) }));
  return Buffer.from(JSON.stringify(steps));
}

function field(input: unknown, name: string): unknown {
  if (typeof input === 'object' && input !== null && name in input)
    return (input as Record<string, unknown>)[name];
  throw new NseError('INTERNAL', `the task's input has no ${name}`);
}
