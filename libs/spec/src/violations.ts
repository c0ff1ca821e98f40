import { inspect } from 'node:util';
import { type Violation } from '@nse/space';
import { type z } from 'zod';

/** A path of keys as text; the whole spec is the empty path, and a key without letters is `""`. */
export function fieldOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = key === '' ? '""' : String(key);
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

/** Says in words what a schema issue means; an unknown field is one violation each. */
export function violationsOf(issue: z.core.$ZodIssue): Violation[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: fieldOf([...issue.path, key]),
      description: 'unknown field',
    }));
  }
  const got = issue.input === undefined ? 'missing' : `got ${shown(issue.input)}`;
  return [{ field: fieldOf(issue.path), description: `${got}; needs ${allowed(issue)}` }];
}

/** A value as short text, for a message. */
export function shown(value: unknown): string {
  const text =
    typeof value === 'string' ? JSON.stringify(value) : inspect(value, { depth: 1, breakLength: Infinity });
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const kinds: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object with fields',
};

function allowed(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return kinds[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_union') return `one of ${unionValues(issue).join(', ')}`;
  if (issue.code === 'too_small') {
    return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${lengthUnit(issue.origin)}`;
  }
  if (issue.code === 'too_big') {
    return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${lengthUnit(issue.origin)}`;
  }
  return issue.message;
}

function lengthUnit(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}

function unionValues(issue: z.core.$ZodIssueInvalidUnion): string[] {
  return issue.errors
    .flat()
    .flatMap((part) => (part.code === 'invalid_value' ? part.values.map(String) : []));
}
