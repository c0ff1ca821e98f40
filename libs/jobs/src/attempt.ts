import { randomUUID } from 'node:crypto';
import type { Artifacts } from '@nse/messaging';
import { NseError } from '@nse/space';
import { failpoint, type Logger } from '@nse/telemetry';
import { peakMemory } from './peak-memory.js';
import type { RunRecord, TaskStore } from './task-store.js';

/** One start of one worker, and the right to write as long as no later start has replaced it. */
export class Attempt {
  // Writes follow each other, since each needs the revision that the one before it left.
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly store: TaskStore,
    private readonly artifacts: Artifacts,
    readonly task: string,
    readonly replica: number,
    private record: RunRecord,
    private revision: number,
  ) {}

  /** Takes the worker's record over from any earlier attempt; 'done' where it holds a result already. */
  static async begin(
    store: TaskStore,
    artifacts: Artifacts,
    task: string,
    replica: number,
  ): Promise<Attempt | 'done'> {
    const before = await store.record(task, replica);
    if (before?.value.result !== undefined) return 'done';
    const record: RunRecord = {
      attempt: (before?.value.attempt ?? 0) + 1,
      owner: randomUUID(),
      ...(before?.value.checkpoint === undefined ? {} : { checkpoint: before.value.checkpoint }),
    };
    const revision = await store.write(task, replica, record, before?.revision ?? 0);
    return new Attempt(store, artifacts, task, replica, record, revision);
  }

  get number(): number {
    return this.record.attempt;
  }

  /**
   * The last checkpoint, of this attempt or an earlier one. One that is damaged is left alone: the work begins again and comes
   * to the same result.
   */
  async resume(log: Logger): Promise<Uint8Array | undefined> {
    const checkpoint = this.record.checkpoint;
    if (checkpoint === undefined) return undefined;
    try {
      return await this.artifacts.get(checkpoint.artifact);
    } catch (error) {
      if (NseError.mayPass(error)) throw error;
      log.warn(
        { err: error, step: checkpoint.step },
        'the checkpoint is damaged: beginning again without it',
      );
      return undefined;
    }
  }

  /** Stores a checkpoint in place of the last one. Raises `Superseded` where a later attempt has begun. */
  async checkpoint(bytes: Uint8Array, step: number): Promise<void> {
    await this.inTurn(async () => {
      failpoint('checkpoint.before');
      const before = this.record.checkpoint;
      // A name of its own: a replaced worker that writes late cannot touch what its successor reads.
      const name = `${this.task}.${this.replica}.checkpoint-${this.record.attempt}-${step}`;
      const artifact = await this.artifacts.put(name, bytes);
      await this.replace({ ...this.record, checkpoint: { step, artifact } }).catch(async (error: unknown) => {
        await this.artifacts.delete(name);
        throw error;
      });
      if (before !== undefined && before.artifact.name !== name)
        await this.artifacts.delete(before.artifact.name);
      failpoint('checkpoint.after');
    });
  }

  /** Stores the result and drops the checkpoint. Raises `Superseded` where a later attempt has begun. */
  async finish(value: unknown): Promise<void> {
    await this.inTurn(async () => {
      failpoint('result.before');
      const { checkpoint, ...rest } = this.record;
      const peakMemoryBytes = await peakMemory();
      const result = { value, ...(peakMemoryBytes === undefined ? {} : { peakMemoryBytes }) };
      await this.replace({ ...rest, result });
      failpoint('result.after');
      if (checkpoint !== undefined) await this.artifacts.delete(checkpoint.artifact.name);
    });
  }

  /** Notes why the attempt fails, for whoever reports it. */
  async fail(error: unknown): Promise<void> {
    const failure = { message: NseError.from(error).message, retryable: NseError.mayPass(error) };
    await this.inTurn(() => this.replace({ ...this.record, failure }));
  }

  private async inTurn(write: () => Promise<void>): Promise<void> {
    const turn = this.last.then(write);
    this.last = turn.catch(() => undefined);
    await turn;
  }

  private async replace(record: RunRecord): Promise<void> {
    try {
      this.revision = await this.store.write(this.task, this.replica, record, this.revision);
      this.record = record;
    } catch (error) {
      if (!(error instanceof NseError) || error.code !== 'ABORTED') throw error;
      throw new Superseded(this.task, this.record.attempt, error);
    }
  }
}

/** A later attempt has taken the task over: this worker must not write any more, and ends. */
export class Superseded extends NseError {
  constructor(task: string, attempt: number, cause: unknown) {
    super('ABORTED', `attempt ${attempt} of task ${task} was replaced by a later one`, { cause });
  }
}
