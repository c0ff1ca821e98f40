import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fingerprint } from './cache.mjs';
import { command } from './command.mjs';
import { packagesInputs } from './packages.mjs';
import { stamp, stamped } from './stamp.mjs';

const STAMPS = { types: '.nse/generated.stamp', build: '.nse/build.stamp' };
const GENERATED = 'libs/rpc/src/generated';
const GENERATOR = 'libs/rpc/generate.js';
const SKIPPED = new Set(['node_modules', 'dist', 'generated', 'coverage']);
const SOURCE = /(?<!\.test)\.(ts|json|proto)$/;

/**
 * Whether no source, setting or package has changed since the last build, and nothing of its output is gone.
 *
 * @param {string} root the checkout
 */
export function buildReady(root) {
  return typesReady(root) && stamped(path.join(root, STAMPS.build), buildInputs(root)) && outputsExist(root);
}

/**
 * Generates the gRPC types from proto/ where those changed, then compiles what changed.
 *
 * @param {string} root the checkout
 * @param {number[]} hold
 */
export async function build(root, hold) {
  if (!typesReady(root)) {
    const types = typesInputs(root);
    await command('npm', ['run', '--silent', '--workspaces', '--if-present', 'generate'], {
      cwd: root,
      hold,
    });
    stamp(path.join(root, STAMPS.types), types);
  }
  // Taken before compiling: a file that changes meanwhile is compiled at the next start.
  const inputs = buildInputs(root);
  await command(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-b', '--pretty', 'false', 'tsconfig.build.json'],
    {
      cwd: root,
      hold,
      advice:
        'The sources do not compile. In a fresh clone that is a bug of nse; else look at your last change.',
    },
  );
  stamp(path.join(root, STAMPS.build), inputs);
}

/** @param {string} root */
function typesReady(root) {
  return stamped(path.join(root, STAMPS.types), typesInputs(root)) && existsSync(path.join(root, GENERATED));
}

/** @param {string} root */
function typesInputs(root) {
  return fingerprint([packagesInputs(root), fileState(root, GENERATOR), ...fileStates(root, 'proto')]);
}

/** @param {string} root */
function buildInputs(root) {
  const settings = ['tsconfig.base.json', 'tsconfig.build.json'].map((file) => fileState(root, file));
  const sources = ['proto', ...projects(root)].flatMap((folder) => fileStates(root, folder));
  return fingerprint([packagesInputs(root), ...settings, ...sources]);
}

/**
 * @param {string} root
 * @returns {string[]} folders of what is built
 */
function projects(root) {
  /** @type {{ references: { path: string }[] }} */
  const { references } = JSON.parse(readFileSync(path.join(root, 'tsconfig.build.json'), 'utf8'));
  return references.map((reference) => path.dirname(reference.path));
}

/**
 * Every project leaves tsc's record beside its output: a missing one means that the output was removed.
 *
 * @param {string} root
 */
function outputsExist(root) {
  return projects(root).every((folder) => existsSync(path.join(root, folder, 'dist/tsconfig.tsbuildinfo')));
}

/**
 * Name, size and time of every source below a folder. Contents are not read: this runs at every start.
 *
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function fileStates(root, folder) {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : fileStates(root, file);
    return SOURCE.test(entry.name) ? [fileState(root, file)] : [];
  });
}

/**
 * @param {string} root
 * @param {string} file
 */
function fileState(root, file) {
  // A file may go between the listing and this.
  const state = statSync(path.join(root, file), { throwIfNoEntry: false });
  return `${file} ${state?.size} ${state?.mtimeMs}`;
}

/**
 * nx without a process that stays behind and without its full-screen display.
 *
 * @returns {NodeJS.ProcessEnv}
 */
export function nxEnvironment() {
  return { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' };
}
