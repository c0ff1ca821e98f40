/** What the methods are called in reports, by their names in specs. */
export const METHODS = {
  nse: 'Neural search-space evolution (multi-branch)',
  'nse-single': 'Neural search-space evolution (single-branch)',
  darts: 'DARTS',
  proxylessnas: 'ProxylessNAS',
  spos: 'SPOS',
  'one-shot': 'One-Shot',
  shrink: 'Search space shrinking',
  random: 'Random search with shared weights',
} as const;

export type MethodName = keyof typeof METHODS;

export const METHOD_NAMES = Object.keys(METHODS) as [MethodName, ...MethodName[]];
