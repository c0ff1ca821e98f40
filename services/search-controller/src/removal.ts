import type { Client } from '@nse/rpc';
import { NseError } from '@nse/space';
import type { Logger } from '@nse/telemetry';
import { ownerOf, ownerPrefix } from './resource.js';
import type { ResourceApi } from './resource-api.js';

export type OwnedSearches = Pick<
  Client<'SpaceManager'>,
  'listSearches' | 'getSearch' | 'cancelSearch' | 'deleteSearch'
>;

/** A message may be 4 MiB, and a search with its front some tens of KiB. */
const pageSize = 50;

interface Owned {
  readonly id: string;
  readonly owner: string;
}

/**
 * Removes every search that was made for an object of the namespace that is there no more, and gives their ids. There is no
 * finalizer: an object can go while no controller runs, as when the whole namespace is deleted, and this finds its search later.
 * Raises what kept it from looking; a search that cannot be removed now is left to the next time.
 */
export async function removeOrphans(
  api: ResourceApi,
  searches: OwnedSearches,
  log: Logger,
): Promise<string[]> {
  // Searches first: one that is listed had its object before, so an object that is missing afterwards is gone.
  const owned = await ownedSearches(searches, ownerPrefix(api.namespace));
  if (owned.length === 0) return [];
  const owners = new Set((await api.list()).map(ownerOf));
  const removed: string[] = [];
  for (const search of owned) {
    if (owners.has(search.owner)) continue;
    try {
      await remove(searches, search);
      removed.push(search.id);
      log.info({ search: search.id }, 'removed the search of an object that is gone');
    } catch (error) {
      log.warn(
        { err: error, search: search.id },
        'cannot remove the search of an object that is gone; trying again',
      );
    }
  }
  return removed;
}

async function ownedSearches(searches: OwnedSearches, prefix: string): Promise<Owned[]> {
  const owned: Owned[] = [];
  let pageToken = '';
  do {
    const page = await searches.listSearches({ pageSize, pageToken });
    for (const { id, owner } of page.searches) if (owner.startsWith(prefix)) owned.push({ id, owner });
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return owned;
}

/** Also one that is under way. Another search that has the name by now stays. */
async function remove(searches: OwnedSearches, { id: search, owner }: Owned): Promise<void> {
  try {
    const found = await searches.getSearch({ search });
    if (found.owner !== owner) return;
    if (found.phase !== 'SUCCEEDED' && found.phase !== 'DELETING') await searches.cancelSearch({ search });
    await searches.deleteSearch({ search });
  } catch (error) {
    if (!(error instanceof NseError && error.code === 'NOT_FOUND')) throw error;
  }
}
