import { NseError, type Violation } from '@nse/space';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import { type z } from 'zod';
import { crossFieldViolations } from './checks.js';
import { presets } from './presets.js';
import { repaired } from './repair.js';
import { resolve } from './resolve.js';
import { type SpecDraft, specSchema } from './schema.js';
import { type SearchSpec } from './spec.js';
import { violationsOf } from './violations.js';

/**
 * Checks a search spec, fills its defaults and freezes it. A resolved spec parses to itself.
 * Raises INVALID_ARGUMENT whose violations name every wrong field, what was found and what is allowed.
 */
export function parseSpec(value: unknown): SearchSpec {
  const { draft, violations } = draftOf(value);
  const spec = draft && resolve(draft);
  if (draft && spec) violations.push(...crossFieldViolations(draft, spec, violations));
  if (!spec || violations.length > 0) throw invalidSpec(violations);
  return frozen(spec);
}

/**
 * `parseSpec` of a YAML or JSON text.
 * Raises INVALID_ARGUMENT as `parseSpec` does, and for text that is neither.
 */
export function parseSpecText(text: string): SearchSpec {
  return parseSpec(parseText(text));
}

/** The value of a YAML or JSON text. Raises INVALID_ARGUMENT with line and column where it is neither. */
export function parseText(text: string): unknown {
  try {
    // JSON is YAML too. Few aliases: a text that expands without end is refused.
    return parseYaml(text, { maxAliasCount: 20, prettyErrors: true, logLevel: 'error' });
  } catch (error) {
    const reason = error instanceof YAMLParseError ? error.message.split('\n')[0] : String(error);
    throw new NseError('INVALID_ARGUMENT', `not a YAML or JSON text: ${reason ?? ''}`, { cause: error });
  }
}

/** The draft, or of a faulty spec one with sound values in place of the faulty ones, and the faults. */
function draftOf(value: unknown): { draft?: SpecDraft; violations: Violation[] } {
  const parsed = specSchema.safeParse(value, { reportInput: true });
  if (parsed.success) return { draft: parsed.data, violations: [] };
  const { issues } = parsed.error;
  const violations = issues.flatMap(violationsOf);
  const second = specSchema.safeParse(repaired(value, issues.flatMap(pathsOf), presets['fashion-mnist']));
  return second.success ? { draft: second.data, violations } : { violations };
}

function pathsOf(issue: z.core.$ZodIssue): PropertyKey[][] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
}

function invalidSpec(violations: readonly Violation[]): NseError {
  const listed = violations.map(({ field, description }) => `${field || 'spec'}: ${description}`);
  const count = violations.length === 1 ? 'a wrong field' : `${violations.length} wrong fields`;
  return new NseError('INVALID_ARGUMENT', `the spec has ${count}: ${listed.join('; ')}`, { violations });
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  Object.values(value).forEach(frozen);
  return Object.freeze(value);
}
