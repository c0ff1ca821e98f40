import type { ArtifactRef, Bus, StateEntry, States } from '@nse/messaging';
import { NseError } from '@nse/space';
import type { JobSpec } from './job.js';

/** What a worker reads: the task as its service stored it. */
export type StoredTask = Pick<JobSpec, 'service' | 'of' | 'replicas' | 'input'>;

/**
 * How far one worker of a task is. Whoever changes it names the revision that it knows, so that a worker that was
 * replaced while it was suspended can change nothing any more.
 */
export interface RunRecord {
  /** Counts starts, from 1. */
  readonly attempt: number;
  /** Unlike for each start, so that two that start at once cannot take each other's entry for their own. */
  readonly owner: string;
  readonly checkpoint?: { readonly step: number; readonly artifact: ArtifactRef };
  /** What it returned, and the most memory that its last attempt held where the system tells. */
  readonly result?: { readonly value: unknown; readonly peakMemoryBytes?: number };
  /** Why the last attempt ended, where it could still say so. */
  readonly failure?: { readonly message: string; readonly retryable: boolean };
}

/** Why a task's workers do not get on, as whoever started them knows; kept beside their records. */
export interface WaitingRecord {
  readonly of: JobSpec['of'];
  /** Undefined once they do. */
  readonly waiting?: string | undefined;
}

export type TaskChange =
  | { readonly kind: 'worker'; readonly replica: number; readonly record: RunRecord }
  | { readonly kind: 'waiting'; readonly waiting: string | undefined };

/** Tasks and the state of their workers, in the buckets NSE_TASKS and NSE_RUNS. */
export class TaskStore {
  private constructor(
    private readonly tasks: States<StoredTask>,
    private readonly runs: States<RunRecord>,
    private readonly waits: States<WaitingRecord>,
  ) {}

  static async open(bus: Bus): Promise<TaskStore> {
    return new TaskStore(
      await bus.states('NSE_TASKS', (value) => value as StoredTask),
      await bus.states('NSE_RUNS', (value) => value as RunRecord),
      await openWaiting(bus),
    );
  }

  /** Stores the task unless it is there already. Gives its revision, which tells it from another one that had the id before. */
  async put(spec: JobSpec): Promise<number> {
    const { service, of, replicas, input } = spec;
    try {
      return await this.tasks.create(spec.id, { service, of, replicas, input });
    } catch (error) {
      if (!(error instanceof NseError) || error.code !== 'ALREADY_EXISTS') throw error;
    }
    return (await this.tasks.get(spec.id))?.revision ?? 0;
  }

  async find(id: string): Promise<StoredTask | undefined> {
    return (await this.tasks.get(id))?.value;
  }

  /** Raises NOT_FOUND where nobody stored the task. */
  async task(id: string): Promise<StoredTask> {
    const found = await this.find(id);
    if (found === undefined) throw new NseError('NOT_FOUND', `there is no task ${id}`);
    return found;
  }

  /** The tasks of a search. Ids may begin alike (`a` and `a-r1`), so each is asked whose it is. */
  async tasksOf(search: string): Promise<{ id: string; replicas: number }[]> {
    const ids = (await this.tasks.keys()).filter((id) => id.startsWith(`${search}-`));
    const found = await Promise.all(ids.map(async (id) => ({ id, task: await this.find(id) })));
    return found.flatMap(({ id, task }) =>
      task?.of.search === search ? [{ id, replicas: task.replicas }] : [],
    );
  }

  /** Removes the workers' records, then the task. */
  async remove(id: string, replicas: number): Promise<void> {
    for (let replica = 0; replica < replicas; replica++) await this.runs.delete(runKey(id, replica));
    await this.forgetWaiting(id);
    await this.tasks.delete(id);
  }

  /** For a task that nobody runs any more. */
  async forgetWaiting(id: string): Promise<void> {
    await this.waits.purge(waitingKey(id));
  }

  /** Why the task's workers do not get on; undefined where nobody said so. */
  async waiting(id: string): Promise<string | undefined> {
    return (await this.waits.get(waitingKey(id)))?.value.waiting;
  }

  /** Says why the workers do not get on, or with undefined that they do. Of two that say it at once, either may win. */
  async sayWaiting(id: string, of: WaitingRecord['of'], waiting: string | undefined): Promise<void> {
    await sayWaiting(this.waits, id, of, waiting);
  }

  async record(id: string, replica: number): Promise<StateEntry<RunRecord> | undefined> {
    return await this.runs.get(runKey(id, replica));
  }

  /** Raises ABORTED where the record was changed since `revision`; 0 stands for no record. */
  async write(id: string, replica: number, record: RunRecord, revision: number): Promise<number> {
    const key = runKey(id, replica);
    if (revision > 0) return await this.runs.update(key, record, revision);
    try {
      return await this.runs.create(key, record);
    } catch (error) {
      if (!(error instanceof NseError) || error.code !== 'ALREADY_EXISTS') throw error;
      throw new NseError('ABORTED', `another worker started ${key} at the same time`, { cause: error });
    }
  }

  /** The records of the task's workers and what keeps these waiting, as they are and whenever they change, until the signal aborts. */
  async *changes(id: string, signal: AbortSignal): AsyncGenerator<TaskChange, void> {
    for await (const change of this.runs.watch(`${id}.*`, signal)) {
      const part = change.key.slice(id.length + 1);
      const value: unknown = change.kind === 'set' ? change.value : {};
      if (part === 'waiting') yield { kind: 'waiting', waiting: (value as Partial<WaitingRecord>).waiting };
      else if (change.kind === 'set')
        yield { kind: 'worker', replica: Number(part), record: value as RunRecord };
    }
  }

  /** What every worker returned, or undefined while one is missing. */
  async results(id: string, replicas: number): Promise<unknown[] | undefined> {
    const records = await Promise.all(
      Array.from({ length: replicas }, (_, replica) => this.record(id, replica)),
    );
    const found = records.flatMap((entry) =>
      entry?.value.result === undefined ? [] : [entry.value.result.value],
    );
    return found.length === replicas ? found : undefined;
  }
}

/** The entries of NSE_RUNS that say why workers do not get on. */
export const openWaiting = (bus: Bus): Promise<States<WaitingRecord>> =>
  bus.states('NSE_RUNS', (value) => value as WaitingRecord);

/** As `TaskStore.sayWaiting`. */
export async function sayWaiting(
  waits: States<WaitingRecord>,
  id: string,
  of: WaitingRecord['of'],
  waiting: string | undefined,
): Promise<void> {
  const key = waitingKey(id);
  const before = await waits.get(key);
  if (before?.value.waiting === waiting) return;
  const record: WaitingRecord = { of, waiting };
  try {
    if (before === undefined) await waits.create(key, record);
    else await waits.update(key, record, before.revision);
  } catch (error) {
    if (!(error instanceof NseError) || !['ABORTED', 'ALREADY_EXISTS'].includes(error.code)) throw error;
  }
}

/** All such entries. No replica has such a number. */
export const waitingFilter = '*.waiting';

export const waitingKey = (id: string) => waitingFilter.replace('*', id);

function runKey(id: string, replica: number): string {
  return `${id}.${replica}`;
}
