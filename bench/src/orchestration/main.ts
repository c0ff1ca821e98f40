import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { LOAD_USAGE, readLoadOptions } from './options.js';
import { isSound, loadTable } from './report.js';
import { runLoad } from './run.js';

/** The sub-command `orchestration`. False where something was lost, came twice, or died. */
export async function orchestration(args: readonly string[]): Promise<boolean> {
  const options = readLoadOptions(args);
  if (options === 'help') {
    process.stdout.write(`${LOAD_USAGE}\n`);
    return true;
  }
  const machine = {
    processor: cpus()[0]?.model ?? '',
    cores: availableParallelism(),
    node: process.version,
    load: loadavg()[0],
  };
  const found = await runLoad(options.load, (text) => process.stderr.write(`${text}\n`));
  process.stdout.write(`${loadTable(found)}\n`);
  for (const death of found.deaths) process.stderr.write(`${death}\n`);
  if (options.json !== undefined) {
    await mkdir(dirname(options.json), { recursive: true });
    await writeFile(options.json, `${JSON.stringify({ machine, ...found }, null, 2)}\n`);
  }
  return isSound(found);
}
