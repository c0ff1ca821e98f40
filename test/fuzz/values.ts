import fc from 'fast-check';

/** Names that objects have from their birth: as keys of users they must be nothing special. */
const keys = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length');

const numbers = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e308, 2 ** 53, -1, 0.5, 1e-320),
);

/** Any JSON value, and some that are nearly JSON: NaN, keys of prototypes, holes, long texts, deep nesting. */
export const jsonLike: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    numbers,
    fc.string(),
    fc.boolean(),
    fc.constantFrom(null, undefined, '', 'x'.repeat(10_000), '\u0000', '\ud800'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(keys, fc.string({ maxLength: 10 })), tie('value'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
    fc.nat(3_000).map((depth) => nested(depth)),
  ),
})).value;

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

type Path = readonly (string | number)[];

/** The value with some of its parts, anywhere in it, replaced by others, removed, or joined by unknown ones. */
export function withParts(base: unknown): fc.Arbitrary<unknown> {
  const paths = fc.constantFrom(...pathsOf(base));
  const change = fc.oneof(
    fc.record({ path: paths, value: jsonLike }),
    fc.record({ path: paths, value: numbers }),
    fc.record({ path: paths, value: fc.constant(undefined) }),
    fc
      .tuple(paths, fc.oneof(keys, fc.string()), jsonLike)
      .map(([path, key, value]) => ({ path: [...path, key] as Path, value })),
  );
  return fc
    .array(change, { minLength: 1, maxLength: 3 })
    .map((changes) => changes.reduce((now, { path, value }) => replaced(now, path, value), base));
}

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, part]) => pathsOf(part, [...path, key]))];
}

function replaced(base: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (typeof base !== 'object' || base === null) return base;
  // A list can have any length but not under that name.
  if (Array.isArray(base) && key === 'length') return base;
  const copy: object = Array.isArray(base) ? [...(base as unknown[])] : { ...base };
  const before = (base as Record<string | number, unknown>)[key];
  // Not by assignment: that would set the prototype for one of the keys.
  Object.defineProperty(copy, key, {
    value: replaced(before, rest, value),
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return copy;
}

/** The value as JSON; empty where JSON has no word for it. */
export function jsonText(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}
