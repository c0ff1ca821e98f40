import { type Bus, searchId } from '@nse/messaging';
import { NseError } from '@nse/space';
import { parseSpec, type SearchSpec } from '@nse/spec';

/** The spec that the search was created with. Raises NOT_FOUND, INVALID_ARGUMENT for what can be no search's id. */
export async function specOfSearch(bus: Bus, search: string): Promise<SearchSpec> {
  const types = ['search.created'] as const;
  for await (const { data } of bus.replay({ search: searchId(search), types, follow: false })) {
    return parseSpec(data.spec);
  }
  throw new NseError('NOT_FOUND', `there is no search "${search}"`, { field: 'search' });
}
