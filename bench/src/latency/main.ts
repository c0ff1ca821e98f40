import { loadavg } from 'node:os';
import { type Device, defaultMeasureOptions, hostDevice, type Measured } from '@nse/devices';
import { networkGraph, onnxFile, randomWeights } from '@nse/export';
import { type Architecture, macroNetwork, randomFrom, shuffled } from '@nse/space';
import { parseSpec, poolOf, presetNamed, retrainedPool } from '@nse/spec';
import { LATENCY_USAGE, type LatencyOptions, readLatencyOptions } from './options.js';

/** The sub-command `latency`: how well measurements on this host repeat. */
export async function latency(args: readonly string[]): Promise<void> {
  const options = readLatencyOptions(args);
  if (options === 'help') {
    process.stdout.write(`${LATENCY_USAGE}\n`);
    return;
  }
  const device = hostDevice();
  const { model, runtime, cores } = device.facts;
  print(`${model}, ${cores} cores, ${runtime}, load ${loadavg()[0]?.toFixed(1) ?? '?'}`);
  const files = Array.from({ length: options.networks }, (_, seed) => randomNetwork(seed));
  const found = files.map((): Measured[] => []);
  for (let call = 1; call <= options.calls; call++) {
    const start = performance.now();
    for (const [place, file] of files.entries()) found[place]?.push(await measured(device, file, options));
    const seconds = (performance.now() - start) / 1_000 / files.length;
    process.stderr.write(`call ${call} of ${options.calls}: ${seconds.toFixed(2)} s a network\n`);
  }
  for (const [place, each] of found.entries()) print(`network ${place + 1}: ${line(each)}`);
}

async function measured(device: Device, file: Uint8Array, options: LatencyOptions): Promise<Measured> {
  const { threads, pinned } = options;
  const how = { ...defaultMeasureOptions, threads, pinned };
  const [only] = await device.measure([file], how, new AbortController().signal);
  if (only === undefined) throw new Error('one model has one result');
  return only;
}

/** Three operations of the pool in every cell, with fresh weights. */
function randomNetwork(seed: number): Uint8Array {
  const spec = parseSpec(presetNamed('fashion-mnist'));
  const network = macroNetwork(spec.network);
  const pool = retrainedPool(poolOf(spec), spec.retrain);
  const all = pool.operations.map((_, operation) => operation);
  const architecture: Architecture = network.cells.map(({ index }) =>
    shuffled(all, randomFrom(seed, index))
      .slice(0, 3)
      .sort((a, b) => a - b),
  );
  const weights = randomWeights({ network, pool, architecture, seed });
  return onnxFile(networkGraph({ network, pool, architecture, weights }));
}

function line(found: readonly Measured[]): string {
  const medians = found.map(({ medianMs }) => medianMs).sort((a, b) => a - b);
  const middle = medians[Math.floor(medians.length / 2)] ?? Number.NaN;
  const apart = (value = Number.NaN) => `${((value / middle - 1) * 100).toFixed(1)} %`;
  const waits = found.reduce((sum, each) => sum + each.waits, 0);
  const settled = found.filter((each) => each.settled).length;
  return (
    `${middle.toFixed(3)} ms, lowest ${apart(medians[0])}, highest +${apart(medians.at(-1))}, ` +
    `${settled} of ${found.length} settled, ${waits} waits`
  );
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
