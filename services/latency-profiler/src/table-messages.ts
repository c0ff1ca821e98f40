import { type messages, toTimestamp } from '@nse/rpc';
import { operationTableSchema, type OperationTableContent, timedEntries } from '@nse/space';
import type { JobRecord } from './jobs/job.js';
import { jobMessage } from './messages.js';
import type { TableContent, Tables } from './tables.js';

/** A table without its content. */
export function tableMessage(name: string, table: TableContent): messages.Table {
  const { unit, rows } = table;
  const operations = operationTableSchema.safeParse(table);
  if (!operations.success) {
    return { name, unit, entries: Array.isArray(rows) ? rows.length : 0, kind: 'TABLE_KIND_LAYERS' };
  }
  const { device, createdAt } = operations.data;
  return {
    ...{ name, unit, entries: timedEntries(operations.data).length, kind: 'TABLE_KIND_OPERATIONS' },
    device: device.id,
    createTime: toTimestamp(createdAt),
    trust: trustMessage(operations.data),
  };
}

function trustMessage({ trust, correction }: OperationTableContent): messages.TableTrust | null {
  if (trust === undefined) return null;
  const { fitted, judged, within5, within10, kendall, spearman, worst } = trust;
  return {
    ...{ fitted, judged, within5, within10, worstCode: worst.code, worstError: worst.error },
    ...(kendall === null ? {} : { kendall }),
    ...(spearman === null ? {} : { spearman }),
    ...correctionFields(correction),
  };
}

function correctionFields({ factors, ...ofSum }: OperationTableContent['correction']) {
  const all = Object.values(factors ?? {});
  const ends = all.length === 0 ? {} : { leastFactor: Math.min(...all), largestFactor: Math.max(...all) };
  return { ...ofSum, factors: all.length, ...ends };
}

/** The build with its table, once that is there. */
export async function tableBuildMessage(tables: Tables, job: JobRecord): Promise<messages.TableBuild> {
  const { name } = job.request;
  const table = job.state === 'succeeded' ? tableMessage(name, await tables.get(name)) : null;
  return { name, job: jobMessage(job), table };
}
