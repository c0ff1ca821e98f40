import { NseError } from '@nse/space';

/** What a person is told of a failure: one line, or one for each wrong field. */
export function tell(error: unknown): string {
  const { code, message, violations } = NseError.from(error);
  if (violations.length > 1) {
    const lines = violations.map(({ field, description }) => `  ${field}: ${description}`);
    return `nse: ${violations.length} fields are wrong\n${lines.join('\n')}\n`;
  }
  const [violation] = violations;
  const text = violation === undefined ? message : `${violation.field}: ${violation.description}`;
  return `nse: ${code === 'INTERNAL' ? 'internal error: ' : ''}${text}\n`;
}

/** 2 where the input is at fault, else 1. */
export function exitCodeFor(error: unknown): number {
  const { code } = NseError.from(error);
  return code === 'INVALID_ARGUMENT' || code === 'NOT_FOUND' ? 2 : 1;
}
