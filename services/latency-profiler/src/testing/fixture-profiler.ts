import { runService } from '@nse/service';
import { startProfiler } from '../profiler.js';
import { startMeasurements } from '../searches/measurements-of-searches.js';
import { startTables } from '../searches/tables-of-searches.js';
import { latencyProfiler } from '../service.js';
import { MadeUpSource } from './made-up-device.js';

/**
 * The service with made-up devices, in a process that tests can kill. FIXTURE_DEVICES are the ids of those that are attached, with
 * commas; FIXTURE_MS is how long a call of `measure` takes; FIXTURE_LOG is the file that is told of each.
 */
void runService('latency-profiler', async ({ bus, log }) => {
  const { FIXTURE_DEVICES = '', FIXTURE_MS = '50', FIXTURE_LOG = '' } = process.env;
  const source = new MadeUpSource({ measureMs: Number(FIXTURE_MS), logFile: FIXTURE_LOG });
  for (const id of FIXTURE_DEVICES.split(',').filter((name) => name !== '')) source.plug(id);
  const patience = { awayMs: 60_000, unknownMs: 60_000, everyMs: 500 };
  const profiler = await startProfiler(bus, { sources: [source], log, patience, beatMs: 200, pauseMs: 100 });
  await startTables(profiler);
  await startMeasurements(profiler);
  return { LatencyProfiler: latencyProfiler(profiler) };
});
