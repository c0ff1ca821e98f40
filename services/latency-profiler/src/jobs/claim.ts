import { NseError } from '@nse/space';
import { type ArchitectureLatency, type JobProgress, type JobRecord, keyOf, released } from './job.js';
import type { JobStore } from './job-store.js';

/** Each write is synced to disk: people need no more. */
const TELL_EVERY_MS = 1_000;

/** One start of a job, and the right to write of it as long as nobody has ended it or taken it over. */
export class Claim {
  // Writes follow each other, since a later one knows more.
  private last: Promise<unknown> = Promise.resolve();
  private told = -Infinity;
  private began: { readonly done: number; readonly at: number } | undefined;
  private reached: JobRecord['progress'];
  private partRevision = 0;

  private constructor(
    private readonly store: JobStore,
    readonly job: JobRecord,
    private readonly owner: string,
    private readonly clock: () => number,
  ) {
    this.reached = job.progress;
  }

  /** Takes the job; undefined where it is not to be had any more. */
  static async take(
    store: JobStore,
    { request }: JobRecord,
    owner: string,
    clock: () => number = () => performance.now(),
  ): Promise<Claim | undefined> {
    const job = await store.change(keyOf(request), (now) => {
      if (now.state !== 'waiting' && (now.state !== 'running' || now.owner === owner)) return undefined;
      return { ...now, ...released, state: 'running', owner, attempts: now.attempts + 1, reason: '' };
    });
    return job === undefined ? undefined : new Claim(store, job, owner, clock);
  }

  get key(): string {
    return keyOf(this.job.request);
  }

  /** Whether the record says that the job is still this claim's. */
  holds(job: JobRecord | undefined): boolean {
    const { owner, attempts } = job ?? {};
    return job?.state === 'running' && owner === this.owner && attempts === this.job.attempts;
  }

  /** What earlier attempts have saved; undefined for nothing. */
  async saved(): Promise<unknown> {
    const { value, revision } = await this.store.part(this.key);
    this.partRevision = revision;
    return value;
  }

  /** Saves what a later attempt goes on with. Raises ABORTED where another process has saved since. */
  async save(value: unknown): Promise<void> {
    await this.inTurn(async () => {
      this.partRevision = await this.store.savePart(this.key, value, this.partRevision);
    });
  }

  /** Tells how far it is, now and then. */
  progress(progress: JobProgress): void {
    this.reached = { ...progress, secondsLeft: this.secondsLeft(progress) };
    const now = this.clock();
    if (now - this.told < TELL_EVERY_MS) return;
    this.told = now;
    // One who was replaced learns of it by watching the record; what could not be told is told the next time.
    this.change({}).catch(() => undefined);
  }

  /** Tells what was measured so far. */
  async latencies(latencies: readonly ArchitectureLatency[]): Promise<void> {
    await this.change({ latencies });
  }

  /** Whether anything was got done since the job was taken. */
  get hasAdvanced(): boolean {
    return this.reached.done > this.job.progress.done;
  }

  /**
   * Leaves the job in another state, or running with other facts. Raises ABORTED where it is this claim's no more.
   */
  async change(changes: Partial<JobRecord>): Promise<void> {
    await this.inTurn(async () => {
      const changed = await this.store.change(this.key, (now) => {
        if (!this.holds(now)) return undefined;
        const changed = { ...now, progress: this.reached, ...changes };
        return changed.state === 'running' ? changed : { ...changed, owner: undefined };
      });
      if (changed !== undefined) return;
      throw new NseError('ABORTED', `attempt ${this.job.attempts} of job ${this.key} was replaced or ended`);
    });
  }

  /** Leaves the job done, with what it has come to. */
  async succeed(): Promise<void> {
    const { done, total } = this.reached;
    this.reached = { done: Math.max(done, total), total, what: '', secondsLeft: 0 };
    await this.change({ state: 'succeeded', failures: 0 });
  }

  private secondsLeft({ done, total }: JobProgress): number {
    const at = this.clock();
    this.began ??= { done, at };
    const did = done - this.began.done;
    return did <= 0 ? 0 : ((at - this.began.at) / 1_000 / did) * Math.max(0, total - done);
  }

  private async inTurn(write: () => Promise<void>): Promise<void> {
    const turn = this.last.then(write);
    this.last = turn.catch(() => undefined);
    await turn;
  }
}
