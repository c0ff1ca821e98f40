import { type Consumption, newEvent } from '@nse/messaging';
import { startStage } from '@nse/service';
import { NseError } from '@nse/space';
import { parseSpec, type SearchSpec } from '@nse/spec';
import { factsId } from '../facts-id.js';
import type { JobRequest } from '../jobs/job.js';
import { networksOf, trialOf } from '../jobs/measured-networks.js';
import { searchOptions } from '../measure-options.js';
import type { Profiler } from '../profiler.js';
import { StageWords } from './stage-words.js';
import { waitForJob } from './wait-for-job.js';

const MAX_NAME = 40;

/** Sees to it that the table is there that a search under a latency budget needs, before its first round. */
export function startTables(profiler: Profiler): Promise<Consumption> {
  const { bus, tables } = profiler;
  return startStage(bus, {
    durable: 'latency-profiler-tables',
    stage: 'prepare',
    begins: 'latency.table-requested',
    perform: async ({ data, time }, signal, resumes) => {
      const { search, device } = data;
      const request = tableRequest(device, parseSpec(data.spec));
      if (!(await tables.has(request.name))) {
        const wanted = { search, since: time, resumes };
        const words = new StageWords(bus, search, 'prepare');
        await waitForJob(profiler, request, wanted, words.tell, signal).finally(() => words.end());
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
