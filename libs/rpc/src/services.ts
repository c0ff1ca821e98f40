import type { Client, ChannelCredentials, ClientOptions, ServiceDefinition } from '@grpc/grpc-js';
import type {
  FitnessEvaluatorDefinition,
  FitnessEvaluatorHandlers,
} from './generated/nse/v1/FitnessEvaluator.js';
import type {
  LatencyProfilerDefinition,
  LatencyProfilerHandlers,
} from './generated/nse/v1/LatencyProfiler.js';
import type { RetrainerDefinition, RetrainerHandlers } from './generated/nse/v1/Retrainer.js';
import type { SpaceManagerDefinition, SpaceManagerHandlers } from './generated/nse/v1/SpaceManager.js';
import type {
  SupernetTrainerDefinition,
  SupernetTrainerHandlers,
} from './generated/nse/v1/SupernetTrainer.js';

/** What the generator says of a service: `handlers` tells streams from single answers, `definition` has the messages. */
interface Service<Definition, Handlers> {
  readonly definition: Definition;
  readonly handlers: Handlers;
  readonly constructor: {
    new (address: string, credentials: ChannelCredentials, options?: ClientOptions): Client;
    readonly service: Definition & ServiceDefinition;
  };
}

/** Every service by name. */
export interface Services {
  readonly SpaceManager: Service<SpaceManagerDefinition, SpaceManagerHandlers>;
  readonly SupernetTrainer: Service<SupernetTrainerDefinition, SupernetTrainerHandlers>;
  readonly FitnessEvaluator: Service<FitnessEvaluatorDefinition, FitnessEvaluatorHandlers>;
  readonly LatencyProfiler: Service<LatencyProfilerDefinition, LatencyProfilerHandlers>;
  readonly Retrainer: Service<RetrainerDefinition, RetrainerHandlers>;
}

export type ServiceName = keyof Services;
