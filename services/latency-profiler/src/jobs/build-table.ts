import type { Device } from '@nse/devices';
import { operationTableSchema, type OperationTableContent } from '@nse/space';
import { buildTable } from '../build/build-table.js';
import { partialSchema } from '../build/partial.js';
import type { Tables } from '../tables.js';
import type { Claim } from './claim.js';
import type { JobRequest } from './job.js';
import { built } from './measured-networks.js';

type TableRequest = JobRequest & { readonly kind: 'table' };

/** Builds the table of a request, from what an earlier attempt has saved on, and stores it under its name. */
export async function buildTableFor(
  claim: Claim,
  request: TableRequest,
  device: Device,
  tables: Tables,
  signal: AbortSignal,
): Promise<void> {
  const { name, of, options, trust } = request;
  // An earlier attempt was killed after it had stored the table.
  if (await tables.has(name)) return;
  const saved = partialSchema.safeParse(await claim.saved());
  const table = request.reuses ? await likeTable(tables, request, device) : undefined;
  const content = await buildTable({
    ...built(of),
    ...{ device, options, trust, signal },
    ...(saved.success ? { known: saved.data } : {}),
    ...(table === undefined ? {} : { table }),
    createdAt: new Date(),
    onProgress: ({ done, total, what }) => claim.progress({ done, total, what }),
    save: (partial) => claim.save(partial),
  });
  signal.throwIfAborted();
  await tables.import(name, content);
}

/** The newest table that was measured on this device in the same way; undefined where there is none. */
async function likeTable(
  tables: Tables,
  { options }: TableRequest,
  { facts }: Device,
): Promise<OperationTableContent | undefined> {
  const all = await Promise.all((await tables.names()).map((name) => tables.get(name)));
  const alike = all
    .flatMap((table) => operationTableSchema.safeParse(table).data ?? [])
    .filter(
      ({ device, runtime }) =>
        device.id === facts.id &&
        runtime.name === facts.runtime &&
        runtime.threads === options.threads &&
        runtime.pinned.join() === options.pinned.join(),
    );
  return alike.sort((one, other) => other.createdAt.localeCompare(one.createdAt))[0];
}
