import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { packagesReady, sameTree } from '../src/packages.mjs';
import { emptyFolder } from './folder.mjs';

const sharp = { version: '1.0.0', integrity: 'sha512-a' };
const forMac = { version: '1.0.0', integrity: 'sha512-b', optional: true };
const wanted = { packages: { '': {}, 'node_modules/sharp': sharp, 'node_modules/mac': forMac } };

test('the installed tree may lack the project itself and optional packages', () => {
  assert.equal(sameTree(wanted, { packages: { 'node_modules/sharp': sharp } }), true);
  assert.equal(sameTree(wanted, { packages: {} }), false);
});

test('another version, another content or a package too many is another tree', () => {
  const installed = (/** @type {object} */ packages) => ({
    packages: { 'node_modules/sharp': sharp, ...packages },
  });
  assert.equal(sameTree(wanted, installed({ 'node_modules/sharp': { ...sharp, version: '1.0.1' } })), false);
  assert.equal(
    sameTree(wanted, installed({ 'node_modules/sharp': { ...sharp, integrity: 'sha512-c' } })),
    false,
  );
  assert.equal(sameTree(wanted, installed({ 'node_modules/left-over': sharp })), false);
});

test('packages installed by hand are taken as they are, until the lock file changes', (context) => {
  const root = emptyFolder(context);
  const write = (/** @type {string} */ file, /** @type {object} */ value) =>
    writeFileSync(path.join(root, file), JSON.stringify(value));
  write('package-lock.json', wanted);
  assert.equal(packagesReady(root), false);
  mkdirSync(path.join(root, 'node_modules'));
  write('node_modules/.package-lock.json', { packages: { 'node_modules/sharp': sharp } });
  assert.equal(packagesReady(root), true);
  write('package-lock.json', { packages: { ...wanted.packages, 'node_modules/new': sharp } });
  assert.equal(packagesReady(root), false);
});
