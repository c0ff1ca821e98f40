import { createHash } from 'node:crypto';

/** Ids of searches, and names in specs. */
const MOST = 40;

/** Characters of a fingerprint that make the id of a run's search another one when the run is another. */
const TOLD = 6;

/** What a run is, for its file and for people: `nse-p9-s1`, of a variant `k-3-nse-p27-s1`. */
export function runName(variant: string | null, method: string, poolSize: number, seed: number): string {
  return `${variant === null ? '' : `${variant}-`}${method}-p${poolSize}-s${seed}`;
}

/** The name that a run's spec carries. */
export function specName(study: string, run: string): string {
  return shortened(`${study}-${run}`, MOST);
}

/** The id of a run's search: the same run always has the same, and a run that was changed another one. */
export function searchIdOf(study: string, run: string, fingerprint: string): string {
  return `${shortened(`${study}-${run}`, MOST - TOLD - 1)}-${fingerprint.slice(0, TOLD)}`;
}

/** Tells one value from others, whatever the order of its fields. */
export function fingerprintOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sortedFields)).digest('hex').slice(0, 16);
}

const shortened = (text: string, most: number) => text.slice(0, most).replace(/-+$/, '');

function sortedFields(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
