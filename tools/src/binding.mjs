import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { fingerprint, place } from './cache.mjs';
import { command } from './command.mjs';
import { compiler } from './needed.mjs';
import { LIBRARIES, tensorflowFolder, tensorflowName } from './tensorflow.mjs';

/** Node-API is the same in every Node since 12.22, so one binding serves all of them. */
const NAPI_VERSION = 8;
const FLAGS = ['-std=c++17', '-O2', '-fPIC', '-shared', '-w', `-DNAPI_VERSION=${NAPI_VERSION}`];
const FILE = 'tfjs_binding.node';

/**
 * Where the npm package looks for its binding, and the inputs from which that is made.
 *
 * @param {string} root the checkout
 */
function paths(root) {
  const tfjs = path.join(root, 'node_modules/@tensorflow/tfjs-node-gpu');
  return {
    sources: path.join(tfjs, 'binding'),
    link: path.join(tfjs, `lib/napi-v${NAPI_VERSION}`, FILE),
    headers: path.join(root, 'node_modules/node-api-headers'),
  };
}

/** @returns {string} name of the binding's folder in the cache: another for other sources, headers, flags or TensorFlow */
function bindingName(root, machine) {
  const { sources, headers } = paths(root);
  const files = readdirSync(sources).sort();
  const inputs = files.map((file) => readFileSync(path.join(sources, file)));
  const { version } = JSON.parse(readFileSync(path.join(headers, 'package.json'), 'utf8'));
  return `binding-${fingerprint([tensorflowName(machine), version, ...FLAGS, ...files, ...inputs])}`;
}

export function bindingReady(root, cache, machine) {
  const { sources, link } = paths(root);
  if (!existsSync(sources) || !existsSync(link)) return false;
  return readlink(link) === path.join(cache, bindingName(root, machine), FILE);
}

function readlink(file) {
  try {
    return readlinkSync(file);
  } catch {
    // Not a link: a binding that someone else put there is replaced.
    return undefined;
  }
}

/**
 * Compiles the two C++ files of @tensorflow/tfjs-node-gpu against libtensorflow and links the result into node_modules.
 * The binding finds libtensorflow by an rpath into the cache.
 *
 * @param {string} root the checkout
 * @param {string} cache
 * @param {import('./machine.mjs').Machine} machine
 * @param {number[]} hold
 */
export async function installBinding(root, cache, machine, hold) {
  const name = bindingName(root, machine);
  await place(cache, name, [FILE], (folder) =>
    command(compiler(), compilerArguments(root, tensorflowFolder(cache, machine), path.join(folder, FILE)), {
      hold,
    }),
  );
  const { link } = paths(root);
  mkdirSync(path.dirname(link), { recursive: true });
  const fresh = `${link}.new`;
  rmSync(fresh, { force: true });
  symlinkSync(path.join(cache, name, FILE), fresh);
  renameSync(fresh, link);
}

function compilerArguments(root, tensorflow, output) {
  const { sources, headers } = paths(root);
  return [
    ...FLAGS,
    `-I${path.join(headers, 'include')}`,
    `-I${path.join(tensorflow, 'include')}`,
    ...readdirSync(sources)
      .filter((file) => file.endsWith('.cc'))
      .map((file) => path.join(sources, file)),
    ...LIBRARIES.map((library) => path.join(tensorflow, library)),
    `-Wl,-rpath,${tensorflow}`,
    '-o',
    output,
  ];
}
