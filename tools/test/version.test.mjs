import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atLeast, versionIn } from '../src/version.mjs';

test('versions are compared by number, not by text', () => {
  assert.equal(atLeast('2.10.0', '2.9.9'), true);
  assert.equal(atLeast('2.9.9', '2.10.0'), false);
  assert.equal(atLeast('22.0.0', '20.19.0'), true);
});

test('a version is as new as itself, and a missing part counts as zero', () => {
  assert.equal(atLeast('20.19.0', '20.19.0'), true);
  assert.equal(atLeast('20.19', '20.19.0'), true);
  assert.equal(atLeast('20.19', '20.19.1'), false);
});

test('the version is found in what programs print', () => {
  assert.equal(versionIn('nats-server: v2.10.7\n'), '2.10.7');
  assert.equal(versionIn('pip 23.2 from /somewhere (python 3.11)'), '23.2');
  assert.equal(versionIn('no such thing'), undefined);
});
