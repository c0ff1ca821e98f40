import { runService } from '@nse/service';
import { latencyProfiler } from './service.js';
import { openTables } from './tables.js';

void runService('latency-profiler', async ({ bus }) => ({
  LatencyProfiler: latencyProfiler(bus, await openTables(bus)),
}));
