import { forgetWaiting, tellWaiting } from '@nse/jobs';
import type { Bus, ProgressMessage, Stage } from '@nse/messaging';
import { type JobRecord, reasonOf } from '../jobs/job.js';

/** Tells whoever looks at a search how far the job of its stage is, and why it waits where it does. */
export class StageWords {
  private readonly of: { readonly search: string; readonly stage: Stage; readonly round: 0 };

  constructor(
    private readonly bus: Bus,
    search: string,
    stage: Stage,
  ) {
    this.of = { search, stage, round: 0 };
  }

  readonly tell = async (job: JobRecord): Promise<void> => {
    const { done: step, total: steps } = job.progress;
    const message: ProgressMessage = { ...this.of, step, steps };
    if (steps > 0) this.bus.progress(message);
    const reason = job.state === 'waiting' ? reasonOf(job) : '';
    await tellWaiting(this.bus, this.of, reason === '' ? undefined : reason);
  };

  /** The stage is over, or this process has nothing to say of it any more. */
  async end(): Promise<void> {
    await forgetWaiting(this.bus, this.of);
  }
}
