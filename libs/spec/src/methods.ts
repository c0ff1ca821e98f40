/** Every method of searching; the docs say what each is (docs/methods.md). */
export const methods = [
  'nse',
  'nse-single',
  'darts',
  'proxylessnas',
  'spos',
  'one-shot',
  'shrink',
  'random',
] as const;

export type Method = (typeof methods)[number];

/**
 * How many operations a cell of an architecture has, in the words of `@nse/space`: `nse` any number, `nse-single` and all other
 * methods exactly one, or none in an N cell.
 */
export function branchesOf(method: Method): 'nse' | 'nse-single' {
  return method === 'nse' ? 'nse' : 'nse-single';
}

/** Whether cells hold the whole pool from the beginning; with `nse` and `nse-single` they try it round by round. */
export function isWholePool(method: Method): boolean {
  return method !== 'nse' && method !== 'nse-single';
}

/** Whether training learns how likely each operation is to be on. */
export function learnsFitness(method: Method): boolean {
  return method === 'nse';
}

/** Whether training learns architecture parameters, of which the likeliest architecture is taken. */
export function learnsAlphas(method: Method): boolean {
  return method === 'darts' || method === 'proxylessnas';
}
