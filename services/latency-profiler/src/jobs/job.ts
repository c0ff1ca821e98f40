import type { MeasureOptions } from '@nse/devices';
import type { MeasuredLatency } from '@nse/messaging';
import type { CostBand, NetworkSpec } from '@nse/space';
import type { branchesOf, PoolChoice, SearchSpec } from '@nse/spec';

/** What networks are measured: how they are made, and what retraining adds to their operations. */
export interface MeasuredNetworks extends PoolChoice {
  readonly network: NetworkSpec;
  readonly retrain: Pick<SearchSpec['retrain'], 'squeezeExcitation' | 'activation'>;
}

/** By which random architectures a table is corrected and judged, drawn as a search of those settings does. */
export interface TableTrial {
  readonly architectures: number;
  readonly seed: number;
  readonly subsetSize: number;
  readonly method: ReturnType<typeof branchesOf>;
  /** In milliseconds: where the search looks, as far as that is known. Half of the architectures are drawn from it. */
  readonly band?: CostBand;
  /** In MACs, in place of `band`. */
  readonly macsBand?: CostBand;
}

/** What is to be done on a device. Two jobs of one key are the same job if this is the same. */
export type JobRequest = {
  readonly device: string;
  readonly of: MeasuredNetworks;
  readonly options: MeasureOptions;
} & (
  | {
      readonly kind: 'table';
      /** The table's name. */
      readonly name: string;
      readonly trust: TableTrial;
      /** Whether entries of an earlier table of the device are taken as they are, so that only those are measured that it lacks. */
      readonly reuses: boolean;
    }
  | {
      readonly kind: 'measurement';
      /** The measurement's id. */
      readonly name: string;
      /** In canonical form. */
      readonly codes: readonly string[];
    }
);

/** A search that waits for a job. */
export interface Interest {
  readonly search: string;
  /** When the event that asked for it was published: tells the search from an earlier one of its name. */
  readonly since: string;
  /** How many times the search had been resumed. */
  readonly resumes: number;
}

/** How long an architecture takes, and how it was measured. */
export interface ArchitectureLatency extends MeasuredLatency {
  readonly settled: boolean;
  readonly waits: number;
}

export interface JobProgress {
  readonly done: number;
  readonly total: number;
  /** What is measured now, in words. */
  readonly what: string;
}

export type JobState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** A job as it is stored. It changes by compare-and-set only. */
export interface JobRecord {
  readonly request: JobRequest;
  readonly state: JobState;
  /** When it was asked for, ISO 8601: the oldest of a device comes first. */
  readonly askedAt: string;
  /** Whether a client wants it, beside the searches that do. */
  readonly byClient: boolean;
  readonly searches: readonly Interest[];
  /** Starts so far. */
  readonly attempts: number;
  /** Failures in a row that may pass, with no progress between them. */
  readonly failures: number;
  /** The process that works on it while it is running. */
  readonly owner?: string | undefined;
  /** Not to be begun before, after a failure that may pass, ISO 8601. */
  readonly notBefore?: string | undefined;
  /** Why it waits, was given up, or ended. */
  readonly reason: string;
  /** That its device is not there, and which are. */
  readonly missing?: string | undefined;
  /** Whether it was a client that ended it; else no search wanted it any more. */
  readonly endedByClient?: boolean | undefined;
  readonly progress: JobProgress & { readonly secondsLeft: number };
  /** Of a measurement: what was measured so far, in the order of the request. */
  readonly latencies: readonly ArchitectureLatency[];
}

/** Where the job is stored: `table.NAME` or `measurement.ID`. */
export const keyOf = ({ kind, name }: Pick<JobRequest, 'kind' | 'name'>): string => `${kind}.${name}`;

/** For people: `table pixel`. */
export const jobText = ({ kind, name }: Pick<JobRequest, 'kind' | 'name'>): string => `${kind} ${name}`;

/** Whether nothing more comes of it by itself. */
export const isOver = ({ state }: Pick<JobRecord, 'state'>): boolean =>
  state === 'succeeded' || state === 'failed' || state === 'cancelled';

/** A job that nobody has begun. */
export function newJob(request: JobRequest, wanted: Interest | 'client', askedAt: string): JobRecord {
  return {
    request,
    state: 'waiting',
    askedAt,
    byClient: wanted === 'client',
    searches: wanted === 'client' ? [] : [wanted],
    attempts: 0,
    failures: 0,
    reason: '',
    progress: { done: 0, total: 0, what: '', secondsLeft: 0 },
    latencies: [],
  };
}

/**
 * The job with one more who wants it; undefined where that changes nothing. One that was given up or ended waits anew, unless it
 * failed for that very search, which is told so instead: whoever asks may have been killed before it could tell.
 */
export function joined(job: JobRecord, wanted: Interest | 'client', askedAt: string): JobRecord | undefined {
  const known = wanted === 'client' ? job.byClient : job.searches.some((one) => covers(one, wanted));
  const begin = isHopeful(job, wanted === 'client' || !known);
  if (known && !begin) return undefined;
  const searches =
    wanted === 'client' || known
      ? job.searches
      : [...job.searches.filter(({ search }) => search !== wanted.search), wanted];
  const both = { ...job, byClient: job.byClient || wanted === 'client', searches };
  if (!begin) return both;
  return { ...both, ...released, state: 'waiting', askedAt, attempts: 0, failures: 0, reason: '' };
}

/** Of a job that nobody works on. */
export const released = {
  ...{ owner: undefined, notBefore: undefined, endedByClient: undefined, missing: undefined },
} as const;

/** Why it waits, was given up, or ended. That its device is not there comes first: without it nothing else counts. */
export const reasonOf = ({ reason, missing }: Pick<JobRecord, 'reason' | 'missing'>): string =>
  missing ?? reason;

const covers = (one: Interest, other: Interest): boolean =>
  one.search === other.search && one.since === other.since && one.resumes >= other.resumes;

function isHopeful({ state, endedByClient }: JobRecord, isNew: boolean): boolean {
  if (state === 'failed') return isNew;
  return state === 'cancelled' && (isNew || endedByClient !== true);
}

/** The job that a device is to do next: the oldest that waits, or that another process has left. */
export function nextJob(
  jobs: Iterable<JobRecord>,
  device: string,
  owner: string,
  now: string,
): JobRecord | undefined {
  const open = [...jobs].filter(
    ({ request, state, owner: other, notBefore = '' }) =>
      request.device === device &&
      ((state === 'waiting' && notBefore <= now) || (state === 'running' && other !== owner)),
  );
  return open.sort(byAge)[0];
}

const byAge = (one: JobRecord, other: JobRecord): number =>
  one.askedAt.localeCompare(other.askedAt) || keyOf(one.request).localeCompare(keyOf(other.request));
