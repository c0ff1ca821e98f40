import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type JobOutcome, LocalJobs, taskStatus } from '@nse/jobs';
import { type Bus, connectBus, type NatsServer, startNatsServer } from '@nse/messaging';
import { macroNetwork } from '@nse/space';
import { isWholePool, type Method, methods, parseSpec, poolOf, type SearchSpec } from '@nse/spec';
import { optionsOf, wholePool } from '@nse/strategies';
import { logger } from '@nse/telemetry';
import { type TrainResult, type TrainTask, trainTaskId } from './task.js';

const log = logger('tests', { write: () => undefined });
const never = new AbortController().signal;
const WAIT_MS = 200_000;

let server: NatsServer;
let bus: Bus;
let jobs: LocalJobs;

beforeAll(async () => {
  process.env['NSE_LOG_LEVEL'] = 'silent';
  server = await startNatsServer();
  bus = await connectBus({ url: server.url, name: 'tests', log });
  const programs = { 'supernet-trainer': join(__dirname, '../dist/worker.js') };
  jobs = new LocalJobs({ bus, natsUrl: server.url, programs, log, restartDelayMs: 20 });
});

afterAll(async () => {
  await bus.close();
  await server.stop();
});

/** Twenty steps on real images, over three operations a cell. */
function specOf(method: Method, changes: object = {}): SearchSpec {
  return parseSpec({
    name: 'tiny',
    seed: 5,
    method,
    dataset: { kind: 'fashion-mnist', train: 800, heldOut: 400 },
    network: {
      plan: 'NR',
      depths: [0, 1, 0, 0, 0],
      widths: [8, 8, 16, 16, 24],
      stemStride: 2,
      tailChannels: 32,
    },
    onlyOperations: [0, 9, 21],
    subsetSize: 2,
    constraint: { macs: { target: 0.1e6, drift: 0.04e6 } },
    train: {
      epochs: 1,
      batchSize: 40,
      threads: 1,
      checkpointSteps: 4,
      learningRate: { start: 0.02, peak: 0.05, warmupEpochs: 0.1 },
    },
    fitness: { batchSize: 40 },
    darts: { order: 'first' },
    proxylessnas: { every: 2, warmup: 0 },
    shrink: { keep: 2, furtherEpochs: 0.6 },
    evaluate: { images: 200, batchSize: 100, calibrationBatches: 2 },
    ...changes,
  });
}

function taskOf(search: string, spec: SearchSpec, more: Partial<TrainTask> = {}): TrainTask {
  const subsets = wholePool(macroNetwork(spec.network), poolOf(spec));
  return { search, round: 1, spec, subsets, optimized: null, carried: null, ...more };
}

function run(task: TrainTask): Promise<JobOutcome> {
  const { search, round } = task;
  return jobs.run(
    {
      id: trainTaskId(search, round),
      service: 'supernet-trainer',
      of: { search, stage: 'train', round },
      replicas: 1,
      input: task,
      resources: { threads: 1, gpus: 0, memoryMiB: 512 },
    },
    never,
  );
}

async function trained(task: TrainTask): Promise<TrainResult> {
  const outcome = await run(task);
  if (outcome.kind !== 'succeeded') throw new Error(JSON.stringify(outcome));
  return outcome.results[0] as TrainResult;
}

const stateOf = ({ search, round }: TrainTask) => taskStatus(bus, trainTaskId(search, round), 'training');

/** Kills the task's worker, as the system does where memory runs out, once it has stored a checkpoint. */
async function killAfterCheckpoint(task: TrainTask): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const step = await stateOf(task).then(
      ({ checkpointStep }) => checkpointStep,
      () => 0,
    );
    if (step > 0) break;
    if (Date.now() > deadline) throw new Error('no checkpoint came');
    await delay(10);
  }
  for (const pid of workersOf(trainTaskId(task.search, task.round))) process.kill(pid, 'SIGKILL');
}

/** The processes on this machine whose environment names the task. */
function workersOf(task: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`NSE_TASK=${task}`);
      } catch {
        return false; // It ended while we looked.
      }
    });
}

const text = async (ref: TrainResult['curve']) => Buffer.from(await bus.artifacts.get(ref)).toString();

/** All that a training leaves, without what differs from run to run. */
async function leftBy({ weights, curve, seconds: _, ...learned }: TrainResult) {
  return { ...learned, curve: await text(curve), weights: Buffer.from(await bus.artifacts.get(weights)) };
}

describe('a training worker', () => {
  it.each(methods)('trains by %s, and goes on after a kill to the same bits', async (method) => {
    const spec = specOf(method);
    const straight = taskOf(`straight-${method}`, spec);
    const killed = taskOf(`killed-${method}`, spec);
    const first = await trained(straight);
    const going = trained(killed);
    await killAfterCheckpoint(killed);
    const second = await going;
    expect(await leftBy(second)).toEqual(await leftBy(first));
    expect((await stateOf(straight)).attempts).toBe(1);
    expect((await stateOf(killed)).attempts).toBeGreaterThan(1);
    expectShaped(first, spec);
    const losses = (JSON.parse(await text(first.curve)) as { loss: number }[]).map(({ loss }) => loss);
    expect(losses.length).toBeGreaterThan(0);
    for (const loss of losses) expect(loss).toBeLessThan(5);
  });

  it('goes on from the weights of the last round with shrink, over what is left', async () => {
    const spec = specOf('shrink');
    const { weights } = await trained(taskOf('shrunk', spec));
    const subsets = macroNetwork(spec.network).cells.map(() => [0, 2]);
    const next = { round: 2, subsets, carried: weights };
    const on = await trained(taskOf('shrunk', spec, next));
    const anew = await trained(taskOf('shrunk-anew', spec, { ...next, carried: null }));
    expect(on.subsets).toEqual(subsets);
    const [first, other] = [await text(on.curve), await text(anew.curve)].map(
      (curve) => JSON.parse(curve) as { step: number; loss: number }[],
    );
    // 0.6 of an epoch of twenty steps, one point for ten.
    expect(first!.map(({ step }) => step)).toEqual([10]);
    expect(first![0]!.loss).toBeLessThan(other![0]!.loss);
  });

  it('shares the supernet of spos with random search', async () => {
    const [spos, random] = await Promise.all([
      trained(taskOf('as-spos', specOf('spos'))),
      trained(taskOf('as-random', specOf('random'))),
    ]);
    expect((await leftBy(random)).weights).toEqual((await leftBy(spos)).weights);
  });

  it.each(['nse-single', 'darts', 'one-shot'] as const)(
    'gives up at once where %s diverges',
    async (method) => {
      const learningRate = { start: 1e30, peak: 1e30, warmupEpochs: 0 };
      const { train } = specOf(method);
      const task = taskOf(`diverged-${method}`, specOf(method, { train: { ...train, learningRate } }));
      const outcome = await run(task);
      expect(outcome).toMatchObject({
        kind: 'failed',
        reason: expect.stringContaining('diverged') as string,
      });
      expect((await stateOf(task)).attempts).toBe(1);
    },
  );
});

/** Alphas where the method learns them, logits where it learns a fitness, and no more. */
function expectShaped({ subsets, logits, pruned, alphas }: TrainResult, spec: SearchSpec): void {
  const { cells } = macroNetwork(spec.network);
  const task = taskOf('shape', spec);
  const sizes = (rows: readonly (readonly number[])[]) => rows.map(({ length }) => length);
  if (spec.method === 'darts' || spec.method === 'proxylessnas') {
    expect(sizes(alphas!)).toEqual(optionsOf(cells, subsets).map(({ length }) => length));
    expect(Math.max(...alphas!.flat())).toBeGreaterThan(Math.min(...alphas!.flat()));
  } else {
    expect(alphas).toBeUndefined();
  }
  if (!isWholePool(spec.method)) {
    expect(sizes(logits)).toEqual(sizes(subsets));
    return;
  }
  expect(subsets).toEqual(task.subsets);
  expect([...logits, ...pruned].flat()).toEqual([]);
  expect([logits.length, pruned.length]).toEqual([cells.length, cells.length]);
}
