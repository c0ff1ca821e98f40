import { once } from 'node:events';
import type { JobOutcome, JobRunner, JobSpec } from '@nse/jobs';
import type { Bus, RetrainedModel } from '@nse/messaging';
import type { RetrainTask } from '../task.js';

/** Pretends to train in this process, and notes its tasks as `@nse/jobs` does. */
export class TrainingHere implements JobRunner {
  runs: JobSpec[] = [];
  /** Ends every task in this way. */
  outcome: JobOutcome | undefined;
  /** Whether training goes on until it is stopped. */
  endless = false;

  constructor(private readonly bus: Bus) {}

  async run(spec: JobSpec, signal: AbortSignal): Promise<JobOutcome> {
    this.runs.push(spec);
    const { id, service, of, replicas, input } = spec;
    const tasks = await this.bus.states('NSE_TASKS', (value) => value);
    const records = await this.bus.states('NSE_RUNS', (value) => value);
    if ((await tasks.get(id)) === undefined) await tasks.create(id, { service, of, replicas, input });
    if ((await records.get(`${id}.0`)) === undefined)
      await records.create(`${id}.0`, { attempt: 1, owner: 'tests' });
    if (this.outcome !== undefined) return this.outcome;
    this.bus.progress({ ...of, task: id, step: 1, steps: 2, loss: 0.5 });
    this.bus.progress({ ...of, task: 'another', step: 1, steps: 2 });
    if (this.endless) {
      if (!signal.aborted) await once(signal, 'abort');
      return { kind: 'cancelled' };
    }
    return { kind: 'succeeded', results: [await modelOf(this.bus, id, input as RetrainTask)] };
  }
}

/** A model that says which settings it was trained with. */
export async function modelOf(bus: Bus, task: string, { code, spec }: RetrainTask): Promise<RetrainedModel> {
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  return {
    code,
    macs: 6,
    params: 5,
    testAccuracy: 0.9,
    weights: await bus.artifacts.put(`${task}/model.safetensors`, Buffer.from(`seed ${spec.seed}`)),
    architecture: await bus.artifacts.put(`${task}/architecture.json`, json({ code })),
    curve: await bus.artifacts.put(`${task}/curve.json`, json([{ step: 1, loss: 2.5 }])),
    seconds: 3,
  };
}
