import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build, buildReady } from '../src/build.mjs';
import { emptyFolder } from './folder.mjs';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

/**
 * A checkout with one small project, built by the real compiler.
 *
 * @param {import('node:test').TestContext} context
 */
function checkout(context) {
  const root = emptyFolder(context);
  const write = (/** @type {string} */ file, /** @type {string | object} */ content) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), typeof content === 'string' ? content : JSON.stringify(content));
  };
  symlinkSync(MODULES, path.join(root, 'node_modules'));
  write('package.json', { workspaces: ['libs/rpc'] });
  write('libs/rpc/package.json', { name: 'rpc', scripts: { generate: 'node generate.js' } });
  write('libs/rpc/generate.js', "require('node:fs').mkdirSync('src/generated', { recursive: true });");
  write('package-lock.json', {});
  write('proto/a.proto', 'syntax = "proto3";');
  write('tsconfig.base.json', {
    compilerOptions: { composite: true, types: [], lib: ['es5'], skipLibCheck: true },
  });
  write('tsconfig.build.json', { files: [], references: [{ path: 'libs/a/tsconfig.build.json' }] });
  write('libs/a/tsconfig.build.json', {
    extends: '../../tsconfig.base.json',
    compilerOptions: { rootDir: 'src', outDir: 'dist', tsBuildInfoFile: 'dist/tsconfig.tsbuildinfo' },
    include: ['src'],
  });
  write('libs/a/src/index.ts', 'export const answer: number = 42;\n');
  return { root, write };
}

test('a build is done once, and again when a source has changed', async (context) => {
  const { root, write } = checkout(context);
  assert.equal(buildReady(root), false);
  await build(root, []);
  assert.equal(existsSync(path.join(root, 'libs/a/dist/index.js')), true);
  assert.equal(buildReady(root), true);
  write('libs/a/src/index.ts', 'export const answer: number = 43;\n');
  utimesSync(path.join(root, 'libs/a/src/index.ts'), 1, 1);
  assert.equal(buildReady(root), false);
});

test('a build is due when a source is gone, its output is gone or the protocol has changed', async (context) => {
  const { root, write } = checkout(context);
  write('libs/a/src/more.ts', 'export {};\n');
  await build(root, []);
  rmSync(path.join(root, 'libs/a/src/more.ts'));
  assert.equal(buildReady(root), false);
  await build(root, []);
  rmSync(path.join(root, 'libs/a/dist'), { recursive: true });
  assert.equal(buildReady(root), false);
  await build(root, []);
  assert.equal(buildReady(root), true);
  write('proto/a.proto', 'syntax = "proto3"; package a;');
  assert.equal(buildReady(root), false);
});

test('a test that changes needs no build, and sources that do not compile are named', async (context) => {
  const { root, write } = checkout(context);
  await build(root, []);
  write('libs/a/src/index.test.ts', 'export {};\n');
  assert.equal(buildReady(root), true);
  write('libs/a/src/index.ts', "export const answer: number = 'many';\n");
  await assert.rejects(build(root, []), /libs\/a\/src\/index\.ts\(1,14\)/);
  assert.equal(buildReady(root), false);
});
