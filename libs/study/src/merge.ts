import { type SpecFields } from './schema.js';

type Json = SpecFields[string];

/**
 * The fields with others in place of their own, as a JSON merge patch (RFC 7396) does it: objects are gone through field by field,
 * anything else is replaced as a whole, and null takes a field away.
 */
export function merged(fields: SpecFields, ...patches: readonly SpecFields[]): SpecFields {
  return patches.reduce<SpecFields>(mergedWith, fields);
}

function mergedWith(fields: SpecFields, patch: SpecFields): SpecFields {
  const kept = Object.entries(fields).filter(([name]) => !Object.hasOwn(patch, name));
  const changed = Object.entries(patch).flatMap(([name, value]): [string, Json][] => {
    if (value === null) return [];
    if (!isFields(value)) return [[name, value]];
    const before = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return [[name, mergedWith(isFields(before) ? before : {}, value)]];
  });
  return Object.fromEntries([...kept, ...changed]);
}

/** Whether a value has fields of its own. */
export function isFields(value: Json | undefined): value is SpecFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
