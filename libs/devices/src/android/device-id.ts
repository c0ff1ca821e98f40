import { createHash } from 'node:crypto';

/** Leaves room for `android-` and a hash in the 40 characters of an id. */
const LONGEST = 25;

/**
 * The id of a phone, from its serial alone, so that it is the same whenever it comes back: `android-` and the serial. What had to be
 * changed of the serial, as in `127.0.0.1:5555`, is made up for by a hash of it, so that two serials do not share an id.
 */
export function deviceId(serial: string): string {
  const slug = serial
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST)
    .replace(/^-+|-+$/g, '');
  if (slug !== '' && slug === serial) return `android-${slug}`;
  const hash = createHash('sha256').update(serial).digest('hex').slice(0, 6);
  return ['android', slug, hash].filter((part) => part !== '').join('-');
}
