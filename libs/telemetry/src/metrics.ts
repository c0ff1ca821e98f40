import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** All metrics of this process. Every program knows the whole list; only what it does has values. */
export const registry = new Registry();

const counter = <const L extends string>(name: string, help: string, ...labelNames: L[]): Counter<L> =>
  new Counter({ name, help, labelNames, registers: [registry] });

const gauge = <const L extends string>(name: string, help: string, ...labelNames: L[]): Gauge<L> =>
  new Gauge({ name, help, labelNames, registers: [registry] });

const histogram = <const L extends string>(
  name: string,
  help: string,
  buckets: number[],
  ...labelNames: L[]
): Histogram<L> => new Histogram({ name, help, buckets, labelNames, registers: [registry] });

/** From a call that needs nothing to one that waits out a restart of NATS, in seconds. */
const brief = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
/** From a second to the week after which a Job has failed, in seconds. */
const long = [1, 5, 15, 60, 300, 900, 3_600, 4 * 3_600, 12 * 3_600, 48 * 3_600, 168 * 3_600];
/** What waits in a queue: from not at all to a day, in seconds. */
const queued = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 900, 3_600, 4 * 3_600, 24 * 3_600];

/**
 * The catalogue. No label takes a search's, a task's or an artifact's name, as there is no end to these: labels are stages,
 * types of events, names of consumers and methods, which the code lists. docs/metrics.md says how to add up over replicas.
 */
export const metrics = {
  searches: gauge(
    'nse_searches',
    'Searches by phase. Each replica of the space-manager says the same.',
    'phase',
  ),
  roundsCompleted: counter('nse_rounds_completed_total', 'Rounds whose end this process reported.'),

  tasks: gauge('nse_tasks', 'Tasks in the hands of this process, waiting or running.', 'stage', 'state'),
  tasksEnded: counter('nse_tasks_ended_total', 'Tasks that came to their end.', 'stage', 'outcome'),
  taskWait: histogram(
    'nse_task_wait_seconds',
    'From when a task was to be done until its first worker ran.',
    queued,
    'stage',
  ),
  taskDuration: histogram(
    'nse_task_duration_seconds',
    'From when the first worker of a task ran until its end, as this process saw it.',
    long,
    'stage',
    'outcome',
  ),
  taskTries: histogram(
    'nse_task_tries',
    'Starts of the worker that was started most often, of each task that ended.',
    [1, 2, 3, 5, 10, 20],
    'stage',
  ),
  workerStarts: counter('nse_worker_starts_total', 'Starts of workers, first ones and repeated.', 'stage'),
  tasksStuck: gauge(
    'nse_tasks_stuck',
    'Tasks of this process whose workers do not get on, by the reason that the cluster gives.',
    'stage',
    'reason',
  ),
  trainingSteps: counter('nse_training_steps_total', 'Training steps that workers reported.', 'stage'),
  trainingImages: counter('nse_training_images_total', 'Images in the steps that workers reported.', 'stage'),
  devices: gauge('nse_devices', 'Devices that this process works with.'),
  deviceAttempts: counter(
    'nse_device_job_attempts_total',
    'Attempts at jobs on devices that ended: succeeded, failed, cancelled, or waiting for the next.',
    'kind',
    'outcome',
  ),
  deviceAttemptDuration: histogram(
    'nse_device_job_attempt_seconds',
    'What an attempt at a job on a device took.',
    long,
    'kind',
  ),

  fitnessEvaluations: counter('nse_fitness_evaluations_total', 'Architectures that were scored.'),

  eventsPublished: counter(
    'nse_events_published_total',
    'Events that were reported: published, or there already.',
    'type',
    'outcome',
  ),
  eventPublish: histogram('nse_event_publish_seconds', 'What publishing an event took.', brief),
  eventsHandled: counter(
    'nse_events_handled_total',
    'Deliveries that were settled: handled, failed, given up, returned, or dropped.',
    'consumer',
    'type',
    'outcome',
  ),
  eventsRedelivered: counter(
    'nse_events_redelivered_total',
    'Deliveries that were not the first of their event.',
    'consumer',
    'type',
  ),
  eventLag: histogram(
    'nse_event_lag_seconds',
    'From the time that an event bears until it was first handed to the consumer.',
    queued,
    'consumer',
  ),
  eventHandling: histogram(
    'nse_event_handling_seconds',
    'From an event’s delivery until it was settled. A stage holds its event while its task runs.',
    [...brief, 300, 3_600, 12 * 3_600, 48 * 3_600],
    'consumer',
  ),
  consumerPending: gauge(
    'nse_consumer_pending_events',
    'Events that a durable consumer has not been handed yet. Each replica says the same.',
    'consumer',
  ),
  consumerUnacknowledged: gauge(
    'nse_consumer_unacknowledged_events',
    'Events that a durable consumer works on. Each replica says the same.',
    'consumer',
  ),

  natsConnected: gauge('nse_nats_connected', 'Whether NATS can be reached: 1 or 0.'),
  natsReconnects: counter('nse_nats_reconnects_total', 'Returns of NATS after it was lost.'),
  streamBytes: gauge(
    'nse_stream_bytes',
    'What a stream, bucket or object store of NATS holds. Each replica of the space-manager says the same.',
    'stream',
  ),
  streamLimitBytes: gauge(
    'nse_stream_limit_bytes',
    'What a stream may hold at most. Each replica of the space-manager says the same.',
    'stream',
  ),
  stateConflicts: counter(
    'nse_state_conflicts_total',
    'Writes that were refused because somebody else was faster.',
    'bucket',
    'operation',
  ),
  artifactBytes: counter('nse_artifact_stored_bytes_total', 'Bytes of artifacts that this process stored.'),

  // The names that gRPC's own libraries for other languages use, so that dashboards for these fit.
  callsStarted: counter(
    'grpc_server_started_total',
    'Calls that were begun.',
    'grpc_type',
    'grpc_service',
    'grpc_method',
  ),
  callsHandled: counter(
    'grpc_server_handled_total',
    'Calls that are over, by status.',
    'grpc_type',
    'grpc_service',
    'grpc_method',
    'grpc_code',
  ),
  callSeconds: histogram(
    'grpc_server_handling_seconds',
    'What a call took.',
    brief,
    'grpc_type',
    'grpc_service',
    'grpc_method',
  ),

  errors: counter('nse_errors_total', 'Errors of calls, of events’ handlers and of tasks.', 'source', 'code'),
  buildInfo: gauge('nse_build_info', 'What runs here; always 1.', 'program', 'version', 'node'),
} as const;
