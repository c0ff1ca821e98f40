import { type Bus, type Consumption, newEvent } from '@nse/messaging';
import { startStage } from '@nse/service';
import { NseError } from '@nse/space';
import { parseSpec } from '@nse/spec';
import { factsId } from '../facts-id.js';
import { networksOf } from '../jobs/measured-networks.js';
import { searchOptions } from '../measure-options.js';
import type { Profiler } from '../profiler.js';
import { readCodes } from '../requested.js';
import { alternating, atTablePace, referencesOf } from './beside-references.js';
import { StageWords } from './stage-words.js';
import { waitForJob } from './wait-for-job.js';

/** Measures the best architectures of a search on its device, before one is chosen. */
export function startMeasurements(profiler: Profiler): Promise<Consumption> {
  const { bus, store } = profiler;
  return startStage(bus, {
    durable: 'latency-profiler-measurements',
    stage: 'measure',
    begins: 'latency.measurement-requested',
    perform: async ({ data, time }, signal, resumes) => {
      const { search, device } = data;
      const spec = parseSpec(data.spec);
      const { codes, violations } = readCodes(data.codes, spec);
      if (violations.length > 0) throw NseError.invalid(violations);
      const of = networksOf(spec);
      const options = searchOptions(spec);
      const references = await referencesOf(profiler.tables, spec, codes);
      const measured = alternating(codes, references);
      // Its time tells the search from an earlier one of its name: each is measured anew.
      const name = factsId([search, time, device, of, measured, options]);
      const request = { kind: 'measurement', name, device, of, codes: measured, options } as const;
      // Delivered again after the job was forgotten: nobody would measure it a second time.
      if (!(await isReported(bus, search))) {
        const wanted = { search, since: time, resumes };
        const words = new StageWords(bus, search, 'measure');
        const job = await waitForJob(profiler, request, wanted, words.tell, signal).finally(() =>
          words.end(),
        );
        signal.throwIfAborted();
        const latencies = job.latencies.map(({ settled: _settled, waits: _waits, ...latency }) => latency);
        const done = { search, device, ...atTablePace(latencies, codes, references) };
        await bus.publish(newEvent('latency.measurement-completed', done, 'latency-profiler'));
      }
      // Last: until the event is out, a crash must find what was measured.
      await store.remove(request);
    },
  });
}

async function isReported(bus: Bus, search: string): Promise<boolean> {
  const types = ['latency.measurement-completed'] as const;
  for await (const { data } of bus.replay({ search, types, follow: false }))
    if (data.search === search) return true;
  return false;
}
