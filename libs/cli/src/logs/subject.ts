import { NseError } from '@nse/space';
import { serviceNames } from '../local/runtime.js';

/** What logs are asked for. */
export type Subject =
  | { readonly kind: 'all' }
  | { readonly kind: 'service'; readonly name: string }
  | { readonly kind: 'search'; readonly id: string };

/** A service's name, else the id of a search. Raises INVALID_ARGUMENT for what can be neither. */
export function subjectOf(what: string | undefined): Subject {
  if (what === undefined) return { kind: 'all' };
  if (what === 'nats' || serviceNames.some((name) => name === what)) return { kind: 'service', name: what };
  if (/^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/.test(what)) return { kind: 'search', id: what };
  const names = ['nats', ...serviceNames].join(', ');
  throw new NseError('INVALID_ARGUMENT', `"${what}" is no id of a search and no service (${names})`);
}

/** Whether a line is about the search: it has its id as a word of its own, or as the beginning of one of its tasks' ids. */
export function isAbout(id: string): (line: string) => boolean {
  const pattern = new RegExp(
    `(?<![a-z0-9-])${id}(?![a-z0-9-])|(?<![a-z0-9-])${id}-(r\\d+|retrain|evaluate)-`,
  );
  return (line) => pattern.test(line);
}
