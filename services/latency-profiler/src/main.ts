import { runService } from '@nse/service';
import { startProfiler } from './profiler.js';
import { startMeasurements } from './searches/measurements-of-searches.js';
import { startTables } from './searches/tables-of-searches.js';
import { latencyProfiler } from './service.js';
import { settingsFromEnvironment } from './settings.js';

void runService('latency-profiler', async ({ bus, log }) => {
  const profiler = await startProfiler(bus, { ...settingsFromEnvironment(process.env, log), log });
  await startTables(profiler);
  await startMeasurements(profiler);
  const failed = (err: unknown) =>
    log.warn({ err }, 'cannot hand back the jobs of devices; others take them over');
  process.once('SIGTERM', () => void profiler.stop().catch(failed));
  return { LatencyProfiler: latencyProfiler(profiler) };
});
