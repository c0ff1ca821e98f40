import { once } from 'node:events';
import type { Bus } from '@nse/messaging';
import { unlessHalted } from '@nse/service';
import type { JobRecord } from './job.js';

/**
 * Waits until nobody wants the job any more, and then gives why: each search that asked for it was halted or deleted. Where a client
 * wants it, or once the signal aborts, undefined.
 */
export async function untilUnwanted(
  bus: Bus,
  { byClient, searches }: Pick<JobRecord, 'byClient' | 'searches'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (byClient) await aborted(signal);
  else await Promise.all(searches.map((search) => unlessHalted(bus, search, signal, aborted)));
  if (signal.aborted) return undefined;
  const names = searches.map(({ search }) => `"${search}"`).join(', ');
  return searches.length > 1 ? `searches ${names} were halted` : `search ${names} was halted`;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
