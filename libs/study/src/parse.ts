import { NseError, type Violation } from '@nse/space';
import { violationsOf } from '@nse/spec';
import { type Axes, type ChosenRuns, type Study, studySchema } from './schema.js';

/**
 * Checks a study and fills its defaults. Raises INVALID_ARGUMENT whose violations name every wrong field. The specs of its runs are
 * checked by `runsOf`.
 */
export function parseStudy(value: unknown): Study {
  const parsed = studySchema.safeParse(value, { reportInput: true });
  const violations = parsed.success
    ? crossFieldViolations(parsed.data)
    : parsed.error.issues.flatMap(violationsOf);
  if (!parsed.success || violations.length > 0) throw invalidStudy(violations);
  return parsed.data;
}

/** A study is wrong, in these places. */
export function invalidStudy(violations: readonly Violation[]): NseError {
  const listed = violations.map(({ field, description }) => `${field || 'study'}: ${description}`);
  const count = violations.length === 1 ? 'a wrong field' : `${violations.length} wrong fields`;
  return new NseError('INVALID_ARGUMENT', `the study has ${count}: ${listed.join('; ')}`, { violations });
}

function crossFieldViolations(study: Study): Violation[] {
  const { axes, variants, plain, ofMethod, rank, fronts } = study;
  const nothing =
    plain || variants.length > 0
      ? []
      : [{ field: 'plain', description: 'got false; without variants nothing is run' }];
  return [
    ...nothing,
    ...Object.keys(ofMethod).flatMap((name) => unknown('ofMethod', 'methods', name, axes)),
    ...variants.flatMap((one, index) => unknownValues(`variants[${index}]`, one, axes)),
    ...(rank === undefined ? [] : chosenViolations('rank', rank, study)),
    ...(fronts === undefined ? [] : chosenViolations('fronts', fronts, study)),
  ];
}

function chosenViolations(field: string, chosen: ChosenRuns, { axes, variants }: Study): Violation[] {
  const known = ['plain', ...variants.map(({ name }) => name)];
  const wrong = (chosen.variants ?? []).filter((name) => !known.includes(name));
  return [
    ...unknownValues(field, chosen, axes),
    ...wrong.map((name) => ({
      field: `${field}.variants`,
      description: `got ${name}; there are ${known.join(', ')}`,
    })),
  ];
}

/** A part of the axes names values of these only: anything else is surely a slip. */
function unknownValues(field: string, part: Partial<Axes>, axes: Axes): Violation[] {
  return (['methods', 'poolSizes', 'seeds'] as const).flatMap((key) =>
    (part[key] ?? []).flatMap((value) => unknown(`${field}.${key}`, key, value, axes)),
  );
}

function unknown(field: string, key: keyof Axes, value: string | number, axes: Axes): Violation[] {
  const known: readonly (string | number)[] = axes[key];
  if (known.includes(value)) return [];
  return [{ field, description: `got ${value}; axes.${key} has ${known.join(', ')}` }];
}
