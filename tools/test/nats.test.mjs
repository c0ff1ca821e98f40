import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import { natsServer } from '../src/nats.mjs';
import { NATS_VERSION } from '../src/pins.mjs';
import { emptyFolder } from './folder.mjs';

/**
 * @param {import('node:test').TestContext} context
 * @param {string} version what the server on PATH says that it is
 */
function site(context, version) {
  const cache = emptyFolder(context);
  const bin = path.join(cache, 'bin');
  mkdirSync(bin);
  writeFileSync(path.join(bin, 'nats-server'), `#!/bin/sh\necho nats-server: v${version}\n`, { mode: 0o755 });
  const env = { PATH: `${bin}${path.delimiter}${process.env.PATH}` };
  return /** @type {const} */ ({ root: cache, cache, arch: 'x64', variant: 'cpu', env });
}

test('a nats-server on PATH is used when it is new enough', (context) => {
  const place = site(context, '2.10.0');
  assert.equal(natsServer(place), path.join(place.cache, 'bin/nats-server'));
});

test('one that is too old is passed over for the cache’s', (context) => {
  const place = site(context, '2.9.25');
  assert.equal(natsServer(place), undefined);
  const folder = path.join(place.cache, `nats-server-${NATS_VERSION}-x64`);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'nats-server'), '');
  assert.equal(natsServer(place), path.join(folder, 'nats-server'));
});
