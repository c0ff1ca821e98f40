import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fingerprint, place, placed, removeUnfinished } from '../src/cache.mjs';
import { emptyFolder } from './folder.mjs';

/** @param {string} text */
function writes(text) {
  return async (/** @type {string} */ folder) => writeFileSync(path.join(folder, 'file'), text);
}

test('a folder gets its name only when it is filled', async (context) => {
  const cache = emptyFolder(context);
  await place(cache, 'thing', ['file'], async (folder) => {
    assert.equal(existsSync(path.join(cache, 'thing')), false);
    await writes('whole')(folder);
  });
  assert.equal(readFileSync(path.join(cache, 'thing/file'), 'utf8'), 'whole');
  assert.deepEqual(readdirSync(cache), ['thing']);
});

test('a failed filling leaves nothing behind', async (context) => {
  const cache = emptyFolder(context);
  const broken = place(cache, 'thing', ['file'], async () => {
    throw new Error('disk full');
  });
  await assert.rejects(broken, /disk full/);
  assert.deepEqual(readdirSync(cache), []);
});

test('a whole folder is not filled again, one that lost a file is', async (context) => {
  const cache = emptyFolder(context);
  await place(cache, 'thing', ['file'], writes('first'));
  await place(cache, 'thing', ['file'], writes('second'));
  assert.equal(readFileSync(path.join(cache, 'thing/file'), 'utf8'), 'first');
  rmSync(path.join(cache, 'thing/file'));
  assert.equal(placed(cache, 'thing', ['file']), false);
  await place(cache, 'thing', ['file'], writes('third'));
  assert.equal(readFileSync(path.join(cache, 'thing/file'), 'utf8'), 'third');
});

test('what a killed set-up left is removed, and nothing else', (context) => {
  const cache = emptyFolder(context);
  mkdirSync(path.join(cache, 'unfinished-00ff/downloads'), { recursive: true });
  mkdirSync(path.join(cache, 'thing'));
  removeUnfinished(cache);
  assert.deepEqual(readdirSync(cache), ['thing']);
});

test('a fingerprint changes with every input and with the borders between them', () => {
  assert.notEqual(fingerprint(['ab', 'c']), fingerprint(['a', 'bc']));
  assert.notEqual(fingerprint(['a']), fingerprint(['b']));
  assert.equal(fingerprint(['a', 'b']), fingerprint(['a', 'b']));
});
