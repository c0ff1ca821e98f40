/** What went wrong, by meaning. The names are gRPC's, so that an error keeps its meaning across a call. */
export type ErrorCode =
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'FAILED_PRECONDITION'
  | 'ALREADY_EXISTS'
  | 'RESOURCE_EXHAUSTED'
  | 'UNAVAILABLE'
  | 'ABORTED'
  | 'INTERNAL';

/** One wrong field of a request, a spec or a file: `field` is its path, such as `train.batchSize`. */
export interface Violation {
  readonly field: string;
  readonly description: string;
}

export interface NseErrorOptions {
  /** The field at fault, where there is exactly one. */
  readonly field?: string;
  /** Every field at fault; defaults to `field` with the message, where `field` is set. */
  readonly violations?: readonly Violation[];
  /** Whether the same call may succeed later; defaults to true for UNAVAILABLE and ABORTED only. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** The one error class of all projects. It becomes a gRPC status, an exit code or a condition only at the edge. */
export class NseError extends Error {
  readonly code: ErrorCode;
  readonly field?: string;
  readonly violations: readonly Violation[];
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: NseErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'NseError';
    this.code = code;
    this.retryable = options.retryable ?? (code === 'UNAVAILABLE' || code === 'ABORTED');
    if (options.field !== undefined) this.field = options.field;
    this.violations =
      options.violations ??
      (options.field === undefined ? [] : [{ field: options.field, description: message }]);
  }

  /** `error` itself where it is an NseError, else an INTERNAL one with `error` as its cause. */
  static from(error: unknown): NseError {
    if (error instanceof NseError) return error;
    return new NseError('INTERNAL', error instanceof Error ? error.message : String(error), { cause: error });
  }
}
