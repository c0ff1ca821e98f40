import type { TableTrust } from '@nse/report';
import { fromStruct, type messages } from '@nse/rpc';
import { operationTableSchema } from '@nse/space';
import { patient, type System } from './connect.js';

/** How far the latency table of a search can be trusted; undefined where there is none, or nobody tried it. */
export async function tableTrust(
  { latencyProfiler }: Pick<System, 'latencyProfiler'>,
  { latency }: Pick<messages.Search__Output, 'latency'>,
): Promise<TableTrust | undefined> {
  if (latency === null || latency.table === '') return undefined;
  const { table, content } = await latencyProfiler.getTable({ name: latency.table }, patient);
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
    ...judgedPairs(content),
  };
}

/** What was predicted and measured of those that the table's correction was not fitted to. */
function judgedPairs(content: messages.GetTableResponse__Output['content']): Pick<TableTrust, 'pairs'> {
  const { data: table } = operationTableSchema.safeParse(fromStruct(content));
  if (table?.trust === undefined) return {};
  const judged = table.trust.pairs.filter(({ fitted }) => !fitted);
  return { pairs: judged.map(({ predictedMs, measuredMs }) => [predictedMs, measuredMs]) };
}
