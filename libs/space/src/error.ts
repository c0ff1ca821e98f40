/** What kind of failure it is. The names are gRPC's, so that the border has nothing to translate. */
export const ERROR_CODES = [
  'INVALID_ARGUMENT',
  'UNAUTHENTICATED',
  'PERMISSION_DENIED',
  'NOT_FOUND',
  'FAILED_PRECONDITION',
  'ALREADY_EXISTS',
  'RESOURCE_EXHAUSTED',
  'UNAVAILABLE',
  'ABORTED',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** One wrong field of an input: its path, as the user wrote it, and what is wrong with it. */
export interface Violation {
  readonly field: string;
  readonly description: string;
}

export interface NseErrorOptions {
  /** A stable name for programs, such as `BudgetUnreachable`. */
  readonly reason?: string;
  /** The one field at fault. Default: the field of the only violation. */
  readonly field?: string;
  /** Every field at fault. Default: `field` with the message. */
  readonly violations?: readonly Violation[];
  /** Whether the same call may succeed later. Default: true for UNAVAILABLE and ABORTED. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['UNAVAILABLE', 'ABORTED']);

/** The one error class of all projects. It becomes a gRPC status or an exit code at the border only. */
export class NseError extends Error {
  override readonly name = 'NseError';
  readonly code: ErrorCode;
  readonly reason: string | undefined;
  readonly field: string | undefined;
  readonly violations: readonly Violation[];
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, details: NseErrorOptions = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    const { field, violations } = details;
    this.code = code;
    this.reason = details.reason;
    this.violations = violations ?? (field === undefined ? [] : [{ field, description: message }]);
    this.field = field ?? (this.violations.length === 1 ? this.violations[0]?.field : undefined);
    this.retryable = details.retryable ?? RETRYABLE.has(code);
  }

  /** An INVALID_ARGUMENT that names every wrong field at once. */
  static invalid(violations: readonly Violation[]): NseError {
    const lines = violations.map(({ field, description }) => `${field}: ${description}`);
    return new NseError('INVALID_ARGUMENT', lines.join('\n'), { violations });
  }

  /**
   * Whatever was thrown, as an `NseError`; one stays as it is, and so does one that went through JSON.
   * Anything else is INTERNAL and keeps the original as its cause.
   */
  static from(value: unknown): NseError {
    if (value instanceof NseError) return value;
    if (value instanceof Error) return new NseError('INTERNAL', value.message, { cause: value });
    if (isErrorRecord(value)) return new NseError(value.code, value.message, value);
    return new NseError('INTERNAL', String(value), { cause: value });
  }

  /**
   * Whether the same may succeed later. One of ours says so; what is not ours is a defect or a lost resource, such as memory: worth
   * another try, but not for ever.
   */
  static mayPass(value: unknown): boolean {
    return !(value instanceof NseError) || value.retryable;
  }

  /** A plain record for another process; `from` reads it back. The cause stays behind. */
  toJSON(): { code: ErrorCode; message: string; retryable: boolean } & NseErrorOptions {
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      violations: this.violations,
      ...(this.reason === undefined ? {} : { reason: this.reason }),
      ...(this.field === undefined ? {} : { field: this.field }),
    };
  }
}

function isErrorRecord(value: unknown): value is { code: ErrorCode; message: string } & NseErrorOptions {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message } = value as Record<string, unknown>;
  return typeof message === 'string' && ERROR_CODES.some((known) => known === code);
}
