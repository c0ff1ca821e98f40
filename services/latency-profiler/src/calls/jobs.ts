import { isDeepStrictEqual } from 'node:util';
import type { handlers, messages } from '@nse/rpc';
import { NseError } from '@nse/space';
import { isOver, type JobRecord, type JobRequest, jobText, keyOf, released } from '../jobs/job.js';
import { measurementMessage } from '../messages.js';
import type { Profiler } from '../profiler.js';
import { requestedMeasurement, requestedTable } from '../requested.js';
import { tableBuildMessage } from '../table-messages.js';
import { wrongName } from '../tables.js';

type Named = Pick<JobRequest, 'kind' | 'name'>;

/** The calls about what is done on devices. */
export function jobCalls(
  profiler: Profiler,
): Pick<
  handlers.LatencyProfiler,
  | 'measureArchitectures'
  | 'getMeasurement'
  | 'watchMeasurement'
  | 'cancelMeasurement'
  | 'buildTable'
  | 'getTableBuild'
  | 'watchTableBuild'
  | 'cancelTableBuild'
> {
  const { bus, registry, store, tables } = profiler;
  const build = (job: JobRecord) => tableBuildMessage(tables, job);
  return {
    measureArchitectures: async (request) =>
      measurementMessage(await store.ask(await requestedMeasurement(bus, registry, request), 'client')),

    getMeasurement: async ({ id }) => measurementMessage(await jobOf(profiler, measurement(id))),

    watchMeasurement: async function* ({ id }, { signal }) {
      for await (const job of watchJob(profiler, measurement(id), signal)) yield measurementMessage(job);
    },

    cancelMeasurement: async ({ id }) => measurementMessage(await cancelled(profiler, measurement(id))),

    buildTable: async (request) => {
      const wanted = await requestedTable(bus, registry, request);
      await requireFree(profiler, wanted);
      return await build(await store.ask(wanted, 'client'));
    },

    getTableBuild: async ({ name }) => await build(await jobOf(profiler, table(name))),

    watchTableBuild: async function* ({ name }, { signal }) {
      let told: messages.TableBuild | undefined;
      for await (const job of watchJob(profiler, table(name), signal)) {
        const now = await build(job);
        if (!isDeepStrictEqual(now, told)) yield (told = now);
      }
    },

    cancelTableBuild: async ({ name }) => await build(await cancelled(profiler, table(name))),
  };
}

function measurement(id: string): Named {
  if (/^[0-9a-f]{12}$/.test(id)) return { kind: 'measurement', name: id };
  throw NseError.invalid([{ field: 'id', description: `"${id}" is no id of a measurement` }]);
}

function table(name: string): Named {
  const wrong = wrongName(name, 'name');
  if (wrong.length > 0) throw NseError.invalid(wrong);
  return { kind: 'table', name };
}

const fieldOf = ({ kind }: Named) => (kind === 'table' ? 'name' : 'id');

const unknown = (what: Named) => {
  const text =
    what.kind === 'table'
      ? `nobody asked for a table "${what.name}" to be built`
      : `there is no measurement "${what.name}"`;
  return new NseError('NOT_FOUND', text, { field: fieldOf(what) });
};

/** Raises NOT_FOUND where nobody asked for it. */
async function jobOf({ store }: Profiler, what: Named): Promise<JobRecord> {
  const job = await store.get(what);
  if (job === undefined) throw unknown(what);
  return job;
}

/** The job as it is, then every change, until it is over. Raises NOT_FOUND where nobody asked for it, or it is removed meanwhile. */
async function* watchJob(
  profiler: Profiler,
  what: Named,
  signal: AbortSignal,
): AsyncGenerator<JobRecord, void> {
  await jobOf(profiler, what);
  const over = new AbortController();
  try {
    for await (const job of profiler.store.watch(what, AbortSignal.any([signal, over.signal]))) {
      if (job === undefined) throw unknown(what);
      yield job;
      if (isOver(job)) return;
    }
  } finally {
    over.abort();
  }
}

/** An imported table has the name for good. */
async function requireFree({ store, tables }: Profiler, { kind, name }: Named): Promise<void> {
  if ((await store.get({ kind, name })) !== undefined || !(await tables.has(name))) return;
  const message = `table "${name}" exists, and was not built under that name`;
  throw new NseError('ALREADY_EXISTS', message, { field: 'name' });
}

async function cancelled({ store }: Profiler, what: Named): Promise<JobRecord> {
  const job = await store.change(keyOf(what), (now) => {
    if (isOver(now)) return undefined;
    return { ...now, ...released, state: 'cancelled', reason: 'a client ended it', endedByClient: true };
  });
  if (job !== undefined) return job;
  const now = await store.get(what);
  if (now === undefined) throw unknown(what);
  if (now.state === 'cancelled') return now;
  const message = `the ${jobText(what)} is over: it ${now.state === 'failed' ? 'failed' : 'is done'}`;
  throw new NseError('FAILED_PRECONDITION', message, { field: fieldOf(what) });
}
