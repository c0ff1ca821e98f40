import { type Bus, searchId } from '@nse/messaging';
import { NseError } from '@nse/space';
import { parseSpec, type SearchSpec } from '@nse/spec';

/**
 * The spec of the search, with the operations that joined its pool since it was created.
 * Raises NOT_FOUND, INVALID_ARGUMENT for what can be no search's id.
 */
export async function specOfSearch(bus: Bus, search: string): Promise<SearchSpec> {
  const types = ['search.created', 'search.extended'] as const;
  let last: unknown;
  for await (const { data } of bus.replay({ search: searchId(search), types, follow: false }))
    last = data.spec;
  if (last !== undefined) return parseSpec(last);
  throw new NseError('NOT_FOUND', `there is no search "${search}"`, { field: 'search' });
}
