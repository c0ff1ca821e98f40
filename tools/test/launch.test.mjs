import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { emptyFolder } from './folder.mjs';

const NSE = fileURLToPath(new URL('../../nse', import.meta.url));

/**
 * Runs the launcher with an empty cache and nothing on PATH but a few programs.
 *
 * @param {import('node:test').TestContext} context
 * @param {Record<string, string>} programs by name: the file that each is
 */
function launch(context, programs) {
  const folder = emptyFolder(context);
  const bin = path.join(folder, 'bin');
  const cache = path.join(folder, 'cache');
  mkdirSync(bin);
  const basics = { dirname: '/usr/bin/dirname', readlink: '/usr/bin/readlink' };
  for (const [name, file] of Object.entries({ ...basics, ...programs }))
    symlinkSync(file, path.join(bin, name));
  const done = spawnSync('/bin/sh', [NSE, 'doctor'], {
    env: { PATH: bin, NSE_CACHE: cache },
    encoding: 'utf8',
  });
  return { status: done.status, said: done.stderr, cache };
}

test('without Node the launcher says so and how to get it', (context) => {
  const { status, said } = launch(context, {});
  assert.equal(status, 1);
  assert.match(said, /needs Node\.js 20\.19/);
});

test('an old Node is named with its version', (context) => {
  const old = path.join(emptyFolder(context), 'node');
  const entry = path.join(path.dirname(NSE), 'tools/nse.mjs');
  const script = `Object.defineProperty(process.versions, 'node', { value: '18.20.4' }); import(${JSON.stringify(entry)});`;
  writeFileSync(old, `#!/bin/sh\nexec ${process.execPath} -e ${JSON.stringify(script)}\n`, { mode: 0o755 });
  const { status, said } = launch(context, { node: old });
  assert.equal(status, 1);
  assert.match(said, /needs Node\.js 20\.19\.0 or newer; .* is 18\.20\.4/);
});

test('every missing tool is named at once, and nothing is changed', (context) => {
  const { status, said, cache } = launch(context, { node: process.execPath });
  assert.equal(status, 1);
  assert.match(said, /python3 is not on PATH/);
  assert.match(said, /no C\+\+ compiler/);
  assert.match(said, /apt-get install g\+\+/);
  assert.equal(existsSync(cache), false);
});

test('a cache folder that cannot be made is a problem with advice', (context) => {
  const file = path.join(emptyFolder(context), 'file');
  writeFileSync(file, '');
  const env = { ...process.env, NSE_CACHE: path.join(file, 'cache') };
  const { status, stderr } = spawnSync('/bin/sh', [NSE, 'doctor'], { env, encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /cannot be made: .*ENOTDIR[^]*NSE_CACHE/);
});
