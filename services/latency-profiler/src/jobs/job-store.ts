import { isDeepStrictEqual } from 'node:util';
import type { Bus, StateChange, States } from '@nse/messaging';
import { NseError } from '@nse/space';
import {
  type Interest,
  isOver,
  type JobRecord,
  type JobRequest,
  joined,
  jobText,
  keyOf,
  newJob,
} from './job.js';

/** Writers of one job are few; this many lost races in a row mean that something is wrong. */
const MAX_RACES = 50;
/** More than that many jobs that wait for one device are a mistake. */
const MAX_WAITING = 1_000;

/** What a builder of a table has saved, to go on with. */
interface Part {
  readonly value: unknown;
}

/** The jobs of all devices, in the buckets NSE_DEVICE_JOBS and NSE_DEVICE_PARTS. */
export class JobStore {
  private constructor(
    private readonly jobs: States<JobRecord>,
    private readonly parts: States<Part>,
    private readonly now: () => Date,
  ) {}

  static async open(bus: Bus, now: () => Date = () => new Date()): Promise<JobStore> {
    return new JobStore(
      // Only this service writes them.
      await bus.states('NSE_DEVICE_JOBS', (value) => value as JobRecord),
      await bus.states('NSE_DEVICE_PARTS', (value) => value as Part),
      now,
    );
  }

  /**
   * Asks for the job: it is made, joined, or begun again after it was given up or ended. Raises ALREADY_EXISTS for `name` where
   * another request has its key, RESOURCE_EXHAUSTED where too many wait for the device.
   */
  async ask(request: JobRequest, wanted: Interest | 'client'): Promise<JobRecord> {
    const key = keyOf(request);
    const askedAt = this.now().toISOString();
    for (let race = 0; race < MAX_RACES; race++) {
      const entry = await this.jobs.get(key);
      if (entry !== undefined && !isDeepStrictEqual(entry.value.request, plain(request))) {
        const message = `the ${jobText(request)} was asked for in another way; choose another name`;
        throw new NseError('ALREADY_EXISTS', message, { field: 'name' });
      }
      const job =
        entry === undefined ? newJob(request, wanted, askedAt) : joined(entry.value, wanted, askedAt);
      if (job === undefined) return entry?.value ?? newJob(request, wanted, askedAt);
      if (entry === undefined) await this.requireRoom(request.device);
      if (await this.write(key, job, entry?.revision)) return job;
    }
    throw lostRaces(key);
  }

  async get(request: Pick<JobRequest, 'kind' | 'name'>): Promise<JobRecord | undefined> {
    return (await this.jobs.get(keyOf(request)))?.value;
  }

  async all(): Promise<JobRecord[]> {
    const entries = await Promise.all((await this.jobs.keys()).map((key) => this.jobs.get(key)));
    return entries.flatMap((entry) => entry?.value ?? []);
  }

  /** The job after the edit; undefined where there is none, or the edit leaves it as it is by giving undefined. */
  async change(key: string, edit: (job: JobRecord) => JobRecord | undefined): Promise<JobRecord | undefined> {
    for (let race = 0; race < MAX_RACES; race++) {
      const entry = await this.jobs.get(key);
      const job = entry === undefined ? undefined : edit(entry.value);
      if (entry === undefined || job === undefined) return undefined;
      if (await this.write(key, job, entry.revision)) return job;
    }
    throw lostRaces(key);
  }

  /** The job as it is, then every change, until the signal aborts; undefined where it is removed. */
  async *watch(
    request: Pick<JobRequest, 'kind' | 'name'>,
    signal: AbortSignal,
  ): AsyncGenerator<JobRecord | undefined, void> {
    for await (const change of this.jobs.watch(keyOf(request), signal)) {
      yield change.kind === 'set' ? change.value : undefined;
    }
  }

  /** Every job of all devices, then every change, until the signal aborts. */
  changes(signal: AbortSignal): AsyncGenerator<StateChange<JobRecord>, void> {
    return this.jobs.watch('>', signal);
  }

  /** Forgets the job with all that it has saved. */
  async remove(request: Pick<JobRequest, 'kind' | 'name'>): Promise<void> {
    await this.jobs.delete(keyOf(request));
    await this.parts.delete(keyOf(request));
  }

  /** What was saved of the job, with the revision that the next `savePart` names; 0 for nothing. */
  async part(key: string): Promise<{ readonly value: unknown; readonly revision: number }> {
    const entry = await this.parts.get(key);
    return { value: entry?.value.value, revision: entry?.revision ?? 0 };
  }

  /** Saves in place of what has that revision. Raises ABORTED where another process has saved since. */
  async savePart(key: string, value: unknown, revision: number): Promise<number> {
    if (revision > 0) return await this.parts.update(key, { value }, revision);
    try {
      return await this.parts.create(key, { value });
    } catch (error) {
      if (!(error instanceof NseError) || error.code !== 'ALREADY_EXISTS') throw error;
      throw new NseError('ABORTED', `another process has saved ${key}`, { cause: error });
    }
  }

  async forgetPart(key: string): Promise<void> {
    await this.parts.delete(key);
  }

  private async requireRoom(device: string): Promise<void> {
    const jobs = await this.all();
    const open = jobs.filter((job) => job.request.device === device && !isOver(job));
    if (open.length < MAX_WAITING) return;
    const message = `${open.length} jobs wait for device "${device}"; try again later`;
    throw new NseError('RESOURCE_EXHAUSTED', message, { field: 'device' });
  }

  /** False where another process was first. */
  private async write(key: string, job: JobRecord, revision: number | undefined): Promise<boolean> {
    try {
      if (revision === undefined) await this.jobs.create(key, job);
      else await this.jobs.update(key, job, revision);
      return true;
    } catch (error) {
      if (error instanceof NseError && (error.code === 'ABORTED' || error.code === 'ALREADY_EXISTS'))
        return false;
      throw error;
    }
  }
}

const lostRaces = (key: string) => new NseError('ABORTED', `lost the race for job ${key} ${MAX_RACES} times`);

/** As it is read back: without what is undefined. */
const plain = (request: JobRequest): unknown => JSON.parse(JSON.stringify(request));
