import type { Device, Measured } from '@nse/devices';
import { decodeArchitecture, NseError } from '@nse/space';
import { AT_ONCE } from '../build/measuring.js';
import { modelFile, wholeGraph } from '../build/models.js';
import type { Claim } from './claim.js';
import type { ArchitectureLatency, JobRequest } from './job.js';
import { built } from './measured-networks.js';

/** Measures the architectures of a request that were not measured before, a few at once, and tells of each few. */
export async function measureArchitectures(
  claim: Claim,
  { of, codes, options }: JobRequest & { readonly kind: 'measurement' },
  device: Device,
  signal: AbortSignal,
): Promise<void> {
  const networks = built(of);
  const { network, pool } = networks;
  const { format } = device.facts;
  const latencies = [...claim.job.latencies];
  const tell = (what: string) => claim.progress({ done: latencies.length, total: codes.length, what });
  while (latencies.length < codes.length) {
    signal.throwIfAborted();
    const next = codes.slice(latencies.length, latencies.length + AT_ONCE);
    tell(next.join(' '));
    const files = next.map((code) =>
      modelFile(wholeGraph(networks, decodeArchitecture(code, network, pool)), format),
    );
    const measured = await device.measure(files, options, signal);
    latencies.push(...next.map((code, index) => latencyOf(code, measured[index])));
    await claim.latencies(latencies);
    tell('');
  }
}

function latencyOf(code: string, measured: Measured | undefined): ArchitectureLatency {
  if (measured === undefined) throw new NseError('INTERNAL', `the device gave no latency of ${code}`);
  const { medianMs, lowMs, highMs, runs, settled, waits } = measured;
  return { code, medianMs, lowMs, highMs, runs, settled, waits };
}
