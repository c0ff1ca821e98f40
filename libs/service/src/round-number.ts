import { type Bus, searchId } from '@nse/messaging';
import { NseError } from '@nse/space';

/** `round` itself, or for 0 the last round that the search has begun. Raises NOT_FOUND where it has begun none. */
export async function roundOrLast(bus: Bus, search: string, round: number): Promise<number> {
  if (round !== 0) return round;
  let last = 0;
  const types = ['round.prepared'] as const;
  for await (const { data } of bus.replay({ search: searchId(search), types, follow: false })) {
    last = Math.max(last, data.round);
  }
  if (last === 0) throw new NseError('NOT_FOUND', `search "${search}" has no round`, { field: 'search' });
  return last;
}
