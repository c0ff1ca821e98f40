// Takes the lock of a file, says so, runs a command that inherits it when told to, and keeps it until its input ends.
import process from 'node:process';
import { spawn } from 'node:child_process';
import { lock } from '../src/lock.mjs';

const [file = '', child] = process.argv.slice(2);
const descriptor = await lock(file, () => process.stdout.write('waiting\n'));
if (child === undefined) {
  process.stdout.write('locked\n');
} else {
  const { pid } = spawn('sleep', [child], { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
  process.stdout.write(`locked ${pid}\n`);
}
process.stdin.resume().on('end', () => process.exit(0));
