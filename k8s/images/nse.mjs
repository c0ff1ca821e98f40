// What an image starts: `SERVICE [ARGUMENT...]`, the main of a service, or `--version`, which is answered by each service
// that the image holds, so that it fails where a part of one is missing.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

const services = path.resolve(import.meta.dirname, '../../services');
const mainOf = (name) => path.join(services, name, 'dist/main.js');
const [first = '--version', ...rest] = process.argv.slice(2);

if (first === '--version') {
  for (const name of readdirSync(services).sort()) {
    const { status } = spawnSync(process.execPath, [mainOf(name), '--version'], { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
} else if (existsSync(mainOf(first))) {
  process.argv = [process.execPath, mainOf(first), ...rest];
  createRequire(import.meta.url)(mainOf(first));
} else {
  console.error(`there is no service "${first}": ${readdirSync(services).sort().join(', ')}`);
  process.exitCode = 2;
}
