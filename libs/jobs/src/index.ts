export { type JobEnvironment, jobRunnerFromEnvironment } from './environment.js';
export { Halt } from './halt.js';
export { forgetTasks } from './forget-tasks.js';
export {
  type Fate,
  type JobOutcome,
  type JobResources,
  type JobRunner,
  type JobSpec,
  type LeftJob,
  type TaskOrigin,
  taskId,
  type WorkerService,
} from './job.js';
export type { KubernetesOptions } from './kubernetes-jobs.js';
export { LocalJobs, type LocalOptions } from './local-jobs.js';
export { runWorker, type WorkerContext, type WorkerOptions, type WorkerProgress } from './worker.js';
export { forgetWaiting, tellWaiting, waitingChanges, waitingReason } from './waiting.js';
export { type TaskStatus, taskStatus } from './task-status.js';
