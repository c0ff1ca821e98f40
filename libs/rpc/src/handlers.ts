import type { handleServerStreamingCall, Metadata } from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type { ServiceName, Services } from './services.js';

/** What a handler learns about its call beside the request. */
export interface CallContext {
  /** Aborts when the caller is gone, the deadline is over, or a stream must end because the server stops. */
  readonly signal: AbortSignal;
  /** When the caller stops waiting; undefined where it set no deadline. */
  readonly deadline: Date | undefined;
  readonly metadata: Metadata;
}

type Definitions<S extends ServiceName> = Services[S]['definition'];

/** The methods of a service, as the proto file names them. */
export type MethodName<S extends ServiceName> = Extract<keyof Named<Definitions<S>>, string>;

/** Without the index signature of the generated types, which would allow any name. */
type Named<T> = { [K in keyof T as string extends K ? never : number extends K ? never : K]: T[K] };

/** Whether the method answers with a stream. */
export type IsStream<S extends ServiceName, M extends MethodName<S>> =
  Services[S]['handlers'] extends Record<M, handleServerStreamingCall<never, never>> ? true : false;

/** Request and response as we write them, and as we read them: with every default filled in. */
export type Shapes<S extends ServiceName, M extends MethodName<S>> =
  Definitions<S>[M] extends MethodDefinition<
    infer Request,
    infer Response,
    infer ReadRequest,
    infer ReadResponse
  >
    ? { request: Request; response: Response; readRequest: ReadRequest; readResponse: ReadResponse }
    : never;

/** A handler of each method: a promise of the answer, or a generator of the stream. Raise `NseError` to fail the call. */
export type Handlers<S extends ServiceName> = {
  readonly [M in MethodName<S> as Uncapitalize<M>]: (
    request: Shapes<S, M>['readRequest'],
    context: CallContext,
  ) => IsStream<S, M> extends true
    ? AsyncGenerator<Shapes<S, M>['response'], void>
    : Promise<Shapes<S, M>['response']>;
};

export type SpaceManager = Handlers<'SpaceManager'>;
export type SupernetTrainer = Handlers<'SupernetTrainer'>;
export type FitnessEvaluator = Handlers<'FitnessEvaluator'>;
export type LatencyProfiler = Handlers<'LatencyProfiler'>;
export type Retrainer = Handlers<'Retrainer'>;
