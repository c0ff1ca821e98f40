import { setTimeout as delay } from 'node:timers/promises';
import type { Bus } from '@nse/messaging';
import { NseError } from '@nse/space';
import { runService } from '../run-service.js';

/**
 * Works on events of the searches `good`, `passing`, which fails the first time, and `hopeless`, which is given up.
 */
async function consume(bus: Bus): Promise<void> {
  await bus.consume({
    durable: 'fixture',
    types: ['search.cancelled'],
    givenUp: 'prepare',
    retryDelayMs: 10,
    handler: ({ data: { search } }, { count }) => {
      if (search === 'hopeless') throw new NseError('FAILED_PRECONDITION', 'no hope');
      if (search === 'passing' && count === 1) throw new NseError('UNAVAILABLE', 'not now');
      return Promise.resolve();
    },
  });
}

const missing = () => Promise.reject(new NseError('INTERNAL', 'not here'));

async function* nothing(): AsyncGenerator<never, void> {
  await missing();
  yield* [];
}

/** What no test calls. */
const unused = {
  listDevices: missing,
  watchDevices: nothing,
  measureArchitectures: missing,
  getMeasurement: missing,
  watchMeasurement: nothing,
  cancelMeasurement: missing,
  buildTable: missing,
  getTableBuild: missing,
  watchTableBuild: nothing,
  cancelTableBuild: missing,
  importTable: missing,
  getTable: missing,
};

/** A service of the tests: FIXTURE says whether it fails to start, or takes events; looking up takes as many ms as the table's name says. */
void runService('latency-profiler', async ({ bus }) => {
  if (process.env['FIXTURE'] === 'fail') throw new NseError('FAILED_PRECONDITION', 'told to fail');
  if (process.env['FIXTURE'] === 'consume') await consume(bus);
  return {
    LatencyProfiler: {
      ...unused,
      listTables: () => Promise.resolve({ tables: [] }),
      lookUp: async ({ table }) => {
        await delay(Number(table));
        return { latency: 7 };
      },
    },
  };
});
