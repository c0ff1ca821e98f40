import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Problem } from '../src/problem.mjs';
import { unpackWheels } from '../src/wheel.mjs';
import { emptyFolder } from './folder.mjs';

const MAKE = fileURLToPath(new URL('make-wheel.py', import.meta.url));

/**
 * A folder of wheels in the place of the registry, read by the real pip.
 *
 * @param {import('node:test').TestContext} context
 */
function registry(context) {
  const folder = emptyFolder(context);
  const target = path.join(folder, 'target');
  mkdirSync(target);
  const sha256 = execFileSync('python3', [MAKE, folder], { encoding: 'utf8' }).trim();
  const env = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: folder };
  const site = /** @type {const} */ ({ root: folder, cache: folder, arch: 'x64', variant: 'cpu', env });
  return { target, site, wheel: { name: 'nse-sample', version: '1.0', sha256 } };
}

test('only the wanted files of a wheel are unpacked, and programs stay executable', async (context) => {
  const { target, site, wheel } = registry(context);
  await unpackWheels([wheel], target, ['*/wanted'], site, []);
  assert.deepEqual(readdirSync(target), ['nse_sample']);
  assert.deepEqual(readdirSync(path.join(target, 'nse_sample')), ['wanted']);
  assert.equal(statSync(path.join(target, 'nse_sample/wanted')).mode & 0o777, 0o755);
});

test('a wheel whose content is not the pinned one is refused', async (context) => {
  const { target, site, wheel } = registry(context);
  const other = { ...wheel, sha256: wheel.sha256.replace(/^./, wheel.sha256.startsWith('0') ? '1' : '0') };
  await assert.rejects(unpackWheels([other], target, ['*'], site, []), (error) => {
    assert.ok(error instanceof Problem);
    assert.match(error.message, /THESE PACKAGES DO NOT MATCH THE HASHES/);
    return true;
  });
});

test('a registry that cannot be reached is a problem with advice', async (context) => {
  const { target, site, wheel } = registry(context);
  const missing = { ...wheel, version: '2.0' };
  await assert.rejects(unpackWheels([missing], target, ['*'], site, []), (error) => {
    assert.ok(error instanceof Problem);
    assert.match(error.message, /pip download.*nse-sample==2\.0/s);
    assert.match(error.advice ?? '', /registry/);
    return true;
  });
});
