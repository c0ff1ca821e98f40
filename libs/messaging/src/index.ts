export { type Artifacts, type ArtifactRef } from './artifacts.js';
export { type Bus, type BusOptions, busOptionsFromEnvironment, connectBus } from './bus.js';
export { type ConsumeOptions, type Consumption, type Delivery } from './consume.js';
export type * from './event-data.js';
export * from './events.js';
export {
  type NatsServer,
  type NatsServerOptions,
  findNatsServer,
  natsServerConfig,
  startNatsServer,
} from './nats-server.js';
export type { NatsTls } from './connection.js';
export { emptyPortsFolder, portSaidIn } from './ports-file.js';
export { type ProgressFilter, type ProgressMessage } from './progress.js';
export { type ReplayOptions } from './replay.js';
export { type StateChange, type StateEntry, type States } from './states.js';
export { subjectOf } from './subject.js';
export { type WorkHandler, type WorkQueue } from './work-queue.js';
