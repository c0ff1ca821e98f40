import { NseError } from '@nse/space';

/** The `reason` of an error that says: what was watched is over and has not succeeded. */
export const NOT_SUCCEEDED = 'NotSucceeded';

/** The `reason` of an error that says: this machine lacks something. */
export const INCOMPLETE = 'Incomplete';

/** What each exit code means; for --help and docs/cli.md. */
export const exitCodes = [
  [0, 'done'],
  [1, 'failed'],
  [2, 'wrong use or input'],
  [3, 'not found'],
  [4, 'the system cannot be reached, or none runs'],
  [5, 'the search, scoring or training that was followed failed or was cancelled'],
  [6, 'not possible as things stand: a search is over, a folder is in use, a right is missing'],
  [130, 'stopped by Ctrl-C or SIGTERM'],
] as const satisfies readonly (readonly [number, string])[];

/** The exit code of a command that failed, by what kind of failure it is. */
export function exitCodeFor(error: unknown): (typeof exitCodes)[number][0] {
  const { code, reason } = NseError.from(error);
  if (reason === NOT_SUCCEEDED) return 5;
  if (reason === INCOMPLETE) return 1;
  switch (code) {
    case 'INVALID_ARGUMENT':
    case 'ALREADY_EXISTS':
      return 2;
    case 'NOT_FOUND':
      return 3;
    case 'UNAVAILABLE':
      return 4;
    case 'FAILED_PRECONDITION':
    case 'UNAUTHENTICATED':
    case 'PERMISSION_DENIED':
      return 6;
    case 'RESOURCE_EXHAUSTED':
    case 'ABORTED':
    case 'INTERNAL':
      return 1;
  }
}

/** What a person is told of a failure: one line, or one for each wrong field. */
export function tell(thrown: unknown): string {
  const error = NseError.from(thrown);
  const { code, message, violations } = error;
  if (violations.length > 1) {
    const lines = violations.map(({ field, description }) => `  ${field}: ${description}`);
    return `nse: ${violations.length} fields are wrong\n${lines.join('\n')}\n`;
  }
  const [violation] = violations;
  const named = violation !== undefined && code === 'INVALID_ARGUMENT';
  const text = !named ? message : `${violation.field}: ${violation.description}`;
  return `nse: ${isOurFault(error) ? 'internal error: ' : ''}${text}\n`;
}

/** The same for programs: one line of JSON. */
export function tellJson(thrown: unknown): string {
  const { code, message, reason, violations } = NseError.from(thrown);
  return `${JSON.stringify({ code, message, ...(reason === undefined ? {} : { reason }), violations })}\n`;
}

/** A file or port that the operating system refuses is no fault of the program. */
function isOurFault({ code, cause }: NseError): boolean {
  return code === 'INTERNAL' && !(cause instanceof Error && 'syscall' in cause);
}
