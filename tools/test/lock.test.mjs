import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { emptyFolder } from './folder.mjs';

const HOLDER = fileURLToPath(new URL('lock-holder.mjs', import.meta.url));

/**
 * Starts a process that takes the lock.
 *
 * @param {import('node:test').TestContext} context
 * @param {string[]} args
 */
function holder(context, ...args) {
  const child = spawn(process.execPath, [HOLDER, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  context.after(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, line: async () => (await lines.next()).value };
}

test('of two processes the second waits until the first has ended', async (context) => {
  const file = path.join(emptyFolder(context), 'lock');
  const first = holder(context, file);
  assert.equal(await first.line(), 'locked');
  const second = holder(context, file);
  assert.equal(await second.line(), 'waiting');
  first.child.stdin.end();
  assert.equal(await second.line(), 'locked');
});

test('a killed holder leaves no lock behind', async (context) => {
  const file = path.join(emptyFolder(context), 'lock');
  const first = holder(context, file);
  assert.equal(await first.line(), 'locked');
  first.child.kill('SIGKILL');
  const second = holder(context, file);
  assert.match(await second.line(), /waiting|locked/);
  second.child.stdin.end();
});

test('the lock stays taken while a command of a killed holder still runs', async (context) => {
  const file = path.join(emptyFolder(context), 'lock');
  const first = holder(context, file, '600');
  const pid = Number((await first.line()).split(' ')[1]);
  first.child.kill('SIGKILL');
  const second = holder(context, file);
  assert.equal(await second.line(), 'waiting');
  process.kill(pid, 'SIGKILL');
  assert.equal(await second.line(), 'locked');
});
