import { NseError, type Operation, type Violation } from '@nse/space';
import { canonicalOperation, operationSchema } from './operation.js';
import { optionViolations } from './pool-of.js';
import { violationsOf } from './violations.js';

/**
 * Operations of the user's own, as `addOperations` of a spec has them, with nothing said twice.
 * Raises INVALID_ARGUMENT with every wrong field of each; fields begin with `field` and the place in the list.
 */
export function parseOperations(written: readonly unknown[], field: string): Operation[] {
  const violations: Violation[] = [];
  const operations = written.flatMap((value, index) => {
    const place = `${field}[${index}]`;
    const parsed = operationSchema.safeParse(value, { reportInput: true });
    if (!parsed.success) {
      violations.push(...parsed.error.issues.flatMap(violationsOf).map((found) => within(place, found)));
      return [];
    }
    violations.push(...optionViolations(parsed.data, place));
    return [canonicalOperation(parsed.data)];
  });
  if (violations.length > 0) throw NseError.invalid(violations);
  return operations;
}

function within(place: string, { field, description }: Violation): Violation {
  return {
    field: field === '' || field.startsWith('[') ? `${place}${field}` : `${place}.${field}`,
    description,
  };
}
