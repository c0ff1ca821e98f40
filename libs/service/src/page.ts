import { NseError } from '@nse/space';

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;

/** Some of the items, and the token by which the next page is asked for; empty on the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string;
}

/**
 * The page of items after the one whose name is `token`; the first for an empty one. What comes meanwhile changes nothing about
 * the others. Raises INVALID_ARGUMENT for a size below 0 and a token that no page gave.
 */
export function pageOf<T>(
  all: readonly T[],
  nameOf: (item: T) => string,
  size: number,
  token: string,
): Page<T> {
  const before = token === '' ? -1 : all.findIndex((item) => nameOf(item) === token);
  const violations = [
    ...(size < 0 ? [{ field: 'page_size', description: `got ${size}; needs 0 or more` }] : []),
    ...(token !== '' && before < 0 ? [{ field: 'page_token', description: 'is no token of a page' }] : []),
  ];
  if (violations.length > 0) throw NseError.invalid(violations);
  const end = before + 1 + Math.min(size === 0 ? DEFAULT_PAGE : size, MAX_PAGE);
  const items = all.slice(before + 1, end);
  const last = items.at(-1);
  return { items, next: end < all.length && last !== undefined ? nameOf(last) : '' };
}
