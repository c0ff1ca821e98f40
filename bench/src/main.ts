import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { dirname } from 'node:path';
import { NseError } from '@nse/space';
import { readOptions, USAGE, type Options } from './options.js';
import { preparePeer } from './peer.js';
import { runShape, type ShapeResults } from './run.js';
import { type Shape, shapes } from './shapes.js';
import { table } from './table.js';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    print(USAGE);
    return;
  }
  const wanted = wantedShapes(options);
  const python = await preparePeer();
  const found: ShapeResults[] = [];
  for (const shape of wanted) {
    note(`${shape.name}: ${shape.about}`);
    const results = await runShape(shape, options, python);
    found.push(results);
    if (!options.json) print(report(results));
  }
  const { threads, repeats, lap, architectures } = options;
  const machine = { processor: cpus()[0]?.model ?? '', cores: availableParallelism(), node: process.version };
  const json = JSON.stringify({ machine, threads, repeats, lap, architectures, shapes: found }, null, 2);
  if (options.json) print(json);
  if (options.out === undefined) return;
  await mkdir(dirname(options.out), { recursive: true });
  await writeFile(options.out, `${json}\n`);
}

function wantedShapes({ shape }: Options): readonly Shape[] {
  const all = shapes();
  if (shape === undefined) return all;
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
