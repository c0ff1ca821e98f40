import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { NseError } from '@nse/space';
import { latency } from './latency/main.js';
import { baselines } from './baselines/main.js';
import { lookUps } from './look-ups.js';
import { orchestration } from './orchestration/main.js';
import { readOptions, USAGE, type Options } from './options.js';
import { preparePeer } from './peer.js';
import { runShape, type ShapeResults } from './run.js';
import { largeShapes, type Shape, shapes } from './shapes.js';
import { table } from './table.js';

/** Load above which others' work shows in the results. */
const BUSY = 0.5;

async function main(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2);
  if (command === 'orchestration') {
    if (!(await orchestration(rest))) process.exitCode = 1;
    return;
  }
  if (command === 'latency') {
    await latency(rest);
    return;
  }
  if (command === 'baselines') {
    await baselines(rest);
    return;
  }
  if (command === 'look-ups') {
    print(lookUps(...rest.slice(0, 1)));
    return;
  }
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    print(USAGE);
    return;
  }
  const wanted = wantedShapes(options);
  const python = options.alone ? '' : (options.python ?? (await preparePeer()));
  const load = options.clock === 'wall' ? noteLoad() : loadavg()[0];
  const found: ShapeResults[] = [];
  for (const shape of wanted) {
    note(`${shape.name}: ${shape.about}`);
    const { batch = shape.batchSize } = options;
    const results = await runShape({ ...shape, batchSize: batch }, options, python);
    found.push(results);
    if (!options.json) print(report(results));
  }
  const { threads, repeats, lap, architectures, clock, device } = options;
  const machine = {
    processor: cpus()[0]?.model ?? '',
    cores: availableParallelism(),
    node: process.version,
    load,
  };
  const json = JSON.stringify(
    { machine, device, threads, repeats, lap, architectures, clock, shapes: found },
    null,
    2,
  );
  if (options.json) print(json);
  if (options.out === undefined) return;
  await mkdir(dirname(options.out), { recursive: true });
  await writeFile(options.out, `${json}\n`);
}

/**
 * The load before the run: processes that want a core, on average over the last minute. Says so when it is high:
 * PyTorch's threads wait for one another at every operation, so others' work slows it far more than it slows ours.
 */
function noteLoad(): number {
  const [load = 0] = loadavg();
  if (load > BUSY)
    note(`the machine is busy (load ${load.toFixed(1)}): no ratio to PyTorch of this run is to be trusted`);
  return load;
}

function wantedShapes({ shape }: Options): readonly Shape[] {
  if (shape === undefined) return shapes();
  const all = [...shapes(), ...largeShapes()];
  const wanted = all.filter(({ name }) => name === shape);
  if (wanted.length > 0) return wanted;
  const names = all.map(({ name }) => name).join(', ');
  throw new NseError('INVALID_ARGUMENT', `there is no shape "${shape}"; there are ${names}`, {
    field: 'shape',
  });
}

function report({ shape, about, batchSize, versions, results }: ShapeResults): string {
  const gap = Math.max(...results.map(({ lossGap }) => lossGap));
  return [
    '',
    `${shape}: ${about}, batch ${batchSize}`,
    ...Object.entries(versions).map(([name, version]) => `  ${name}: ${version}`),
    `  largest difference between the contestants' losses: ${gap.toExponential(1)} of the loss`,
    '',
    table(results),
  ].join('\n');
}

const print = (text: string) => process.stdout.write(`${text}\n`);
const note = (text: string) => process.stderr.write(`${text}\n`);

main().catch((error: unknown) => {
  note(`bench: ${NseError.from(error).message}`);
  process.exitCode = 1;
});
