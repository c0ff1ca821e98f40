import { setTimeout as delay } from 'node:timers/promises';
import { NseError } from '@nse/space';
import { runService } from '../run-service.js';

/** A service of the tests: FIXTURE says whether it fails to start; looking up takes as many ms as the table's name says. */
void runService('latency-profiler', () => {
  if (process.env['FIXTURE'] === 'fail') throw new NseError('FAILED_PRECONDITION', 'told to fail');
  return Promise.resolve({
    LatencyProfiler: {
      importTable: () => Promise.reject(new NseError('INTERNAL', 'not here')),
      getTable: () => Promise.reject(new NseError('INTERNAL', 'not here')),
      listTables: () => Promise.resolve({ tables: [] }),
      lookUp: async ({ table }) => {
        await delay(Number(table));
        return { latency: 7 };
      },
    },
  });
});
