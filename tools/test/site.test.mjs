import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { cacheFolder, siteOf } from '../src/site.mjs';

test('the cache is where NSE_CACHE says, else in the user’s cache folder', () => {
  assert.equal(cacheFolder({ NSE_CACHE: '/big', XDG_CACHE_HOME: '/xdg' }), '/big');
  assert.equal(cacheFolder({ XDG_CACHE_HOME: '/xdg' }), '/xdg/nse');
  assert.equal(cacheFolder({ XDG_CACHE_HOME: 'relative' }), path.join(homedir(), '.cache/nse'));
  assert.equal(cacheFolder({ NSE_CACHE: '' }), path.join(homedir(), '.cache/nse'));
});

test('other systems than Linux on x86-64 and ARM are refused by name', () => {
  assert.throws(() => siteOf({ platform: 'darwin', arch: 'arm64', env: {} }), /darwin on arm64/);
  assert.throws(() => siteOf({ platform: 'linux', arch: 'ia32', env: {} }), /linux on ia32/);
});

test('TensorFlow is for the CPU unless a GPU is there or wished for', () => {
  const variant = (/** @type {Record<string, string>} */ env, arch = 'x64') =>
    siteOf({ platform: 'linux', arch, env }).variant;
  assert.equal(variant({ PATH: '' }), 'cpu');
  assert.equal(variant({ NSE_TENSORFLOW: 'gpu' }), 'gpu');
  assert.equal(variant({ NSE_TENSORFLOW: 'cpu' }), 'cpu');
  assert.throws(() => variant({ NSE_TENSORFLOW: 'gpu' }, 'arm64'), /no wheel/);
  assert.throws(() => variant({ NSE_TENSORFLOW: 'tpu' }), /NSE_TENSORFLOW is 'tpu'/);
});
