import { NseError } from '@nse/space';

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1_000;

/** Some of the names, and the token by which the next page is asked for; empty on the last. */
export interface Page {
  readonly names: readonly string[];
  readonly next: string;
}

/**
 * The page of sorted names after the name that `token` is. A table that comes meanwhile changes nothing about the others.
 * Raises INVALID_ARGUMENT for a size below 0 and a token that no page gave.
 */
export function pageOf(sorted: readonly string[], size: number, token: string): Page {
  const violations = [
    ...(size < 0 ? [{ field: 'page_size', description: `got ${size}; needs 0 or more` }] : []),
    ...(token !== '' && !sorted.includes(token)
      ? [{ field: 'page_token', description: 'is no token of a page' }]
      : []),
  ];
  if (violations.length > 0) throw NseError.invalid(violations);
  const start = token === '' ? 0 : sorted.indexOf(token) + 1;
  const end = start + Math.min(size === 0 ? DEFAULT_PAGE : size, MAX_PAGE);
  const names = sorted.slice(start, end);
  return { names, next: end < sorted.length ? (names.at(-1) ?? '') : '' };
}
