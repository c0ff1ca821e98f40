import type { TableTrust } from '@nse/report';
import type { messages } from '@nse/rpc';
import type { System } from './connect.js';

/** How far the latency table of a search can be trusted; undefined where there is none, or nobody tried it. */
export async function tableTrust(
  { latencyProfiler }: Pick<System, 'latencyProfiler'>,
  { latency }: Pick<messages.Search__Output, 'latency'>,
): Promise<TableTrust | undefined> {
  if (latency === null || latency.table === '') return undefined;
  const patient = { waitForReady: true, deadlineMs: 60_000 };
  const { table } = await latencyProfiler.getTable({ name: latency.table }, patient);
  const trust = table?.trust ?? null;
  if (trust === null) return undefined;
  const { fitted, judged, within5, within10, kendall, spearman, worstError, worstCode } = trust;
  return {
    fitted,
    judged,
    within5,
    within10,
    ...(kendall === undefined ? {} : { kendall }),
    ...(spearman === undefined ? {} : { spearman }),
    worstError,
    worstCode,
  };
}
