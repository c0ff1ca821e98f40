import type { JobSpec } from './job.js';
import type { Job } from './kubernetes-objects.js';

/** On each Job: which try of its task it is made for. */
const tryLabel = 'nse/try';

/**
 * A try of a task, the same for every process that runs it: the task as it is stored, and how often it was asked for again. How a Job of
 * the try ends is how the try ends, whoever made the Job and whoever sees it.
 */
export interface Try {
  readonly revision: number;
  readonly resumes: number;
}

export function tryOf({ resumes = 0 }: JobSpec, revision: number): Try {
  return { revision, resumes };
}

/** The Job with a label that says of which try it is. */
export function markedWith(job: Job, own: Try): Job {
  return {
    ...job,
    metadata: { ...job.metadata, labels: { ...job.metadata?.labels, [tryLabel]: shownTry(own) } },
  };
}

/** As the value of a label. */
const shownTry = ({ revision, resumes }: Try): string => `${revision}.${resumes}`;

/** Whether the Job was made for that try. */
export const isOfTry = (job: Job, own: Try): boolean => job.metadata?.labels?.[tryLabel] === shownTry(own);

/** Whether the Job was made for a later try of the same task. */
export function isOfLaterTry(job: Job, { revision, resumes }: Try): boolean {
  const [ofRevision, ofResumes] = (job.metadata?.labels?.[tryLabel] ?? '').split('.').map(Number);
  return ofRevision === revision && ofResumes !== undefined && ofResumes > resumes;
}
