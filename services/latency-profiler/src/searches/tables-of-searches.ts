import { type Bus, type Consumption, newEvent, type ProgressMessage, type Stage } from '@nse/messaging';
import { startStage } from '@nse/service';
import { NseError } from '@nse/space';
import { parseSpec, type SearchSpec } from '@nse/spec';
import { factsId } from '../facts-id.js';
import type { JobRecord, JobRequest } from '../jobs/job.js';
import { networksOf, trialOf } from '../jobs/measured-networks.js';
import { searchOptions } from '../measure-options.js';
import type { Profiler } from '../profiler.js';
import { waitForJob } from './wait-for-job.js';

const MAX_NAME = 40;

/** Sees to it that the table is there that a search under a latency budget needs, before its first round. */
export function startTables({ bus, store, tables }: Profiler): Promise<Consumption> {
  return startStage(bus, {
    durable: 'latency-profiler-tables',
    stage: 'prepare',
    begins: 'latency.table-requested',
    perform: async ({ data, time }, signal, resumes) => {
      const { search, device } = data;
      const request = tableRequest(device, parseSpec(data.spec));
      if (!(await tables.has(request.name))) {
        const wanted = { search, since: time, resumes };
        await waitForJob(store, request, wanted, tellProgress(bus, search, 'prepare'), signal);
      }
      signal.throwIfAborted();
      const done = { search, device, table: request.name };
      await bus.publish(newEvent('latency.table-completed', done, 'latency-profiler'));
    },
  });
}

/** The table of a search. Its name follows from all that it depends on, so that equal searches share it. */
export function tableRequest(device: string, spec: SearchSpec): JobRequest & { readonly kind: 'table' } {
  if (device === '')
    throw new NseError('INVALID_ARGUMENT', 'the search names no device', { field: 'device' });
  const of = networksOf(spec);
  const options = searchOptions(spec);
  const trust = trialOf(spec);
  const id = factsId([device, of, options, trust]);
  const name = `${device.slice(0, MAX_NAME - 1 - id.length).replace(/-+$/, '')}-${id}`;
  return { kind: 'table', name, device, of, options, trust, reuses: true };
}

/** Tells whoever watches the search how far a job is. */
export const tellProgress =
  (bus: Bus, search: string, stage: Stage) =>
  ({ progress: { done: step, total: steps } }: JobRecord): void => {
    const message: ProgressMessage = { search, stage, round: 0, step, steps };
    if (steps > 0) bus.progress(message);
  };
