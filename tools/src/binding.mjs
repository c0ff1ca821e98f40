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
import { LIBRARIES, tensorflowCompanions, tensorflowFolder, tensorflowName } from './tensorflow.mjs';

/**
 * @typedef {import('./site.mjs').Site} Site
 */

/** Node-API is the same in every Node since 12.22, so one binding serves all of them. */
const NAPI_VERSION = 8;
const FLAGS = ['-std=c++17', '-O2', '-fPIC', '-shared', '-w', `-DNAPI_VERSION=${NAPI_VERSION}`];
const FILE = 'tfjs_binding.node';

/**
 * Where the npm package looks for its binding, and the inputs from which that is made.
 *
 * @param {Site} site
 */
function paths({ root }) {
  const tfjs = path.join(root, 'node_modules/@tensorflow/tfjs-node-gpu');
  return {
    sources: path.join(tfjs, 'binding'),
    link: path.join(tfjs, `lib/napi-v${NAPI_VERSION}`, FILE),
    headers: path.join(root, 'node_modules/node-api-headers'),
  };
}

/**
 * @param {Site} site
 * @returns {string} name of the binding's folder in the cache: another for other sources, headers, flags or TensorFlow
 */
function bindingName(site) {
  const { sources, headers } = paths(site);
  const files = readdirSync(sources).sort();
  const contents = files.map((file) => readFileSync(path.join(sources, file)));
  const { version } = JSON.parse(readFileSync(path.join(headers, 'package.json'), 'utf8'));
  const companions = tensorflowCompanions(site).map((library) => path.relative(site.cache, library));
  return `binding-${fingerprint([tensorflowName(site), version, ...FLAGS, ...companions, ...files, ...contents])}`;
}

/** @param {Site} site */
export function bindingReady(site) {
  const { sources, headers, link } = paths(site);
  if (![sources, headers, link].every((file) => existsSync(file))) return false;
  return readlink(link) === path.join(site.cache, bindingName(site), FILE);
}

/** @param {string} file */
function readlink(file) {
  try {
    return readlinkSync(file);
  } catch {
    // Not a link: a binding that came from elsewhere is replaced.
    return undefined;
  }
}

/**
 * Compiles the two C++ files of @tensorflow/tfjs-node-gpu against libtensorflow and links the result into node_modules.
 * The binding finds libtensorflow by an rpath into the cache.
 *
 * @param {Site} site
 * @param {number[]} hold
 */
export async function installBinding(site, hold) {
  const name = bindingName(site);
  await place(site.cache, name, [FILE], (folder) =>
    command(compiler(site.env) ?? 'c++', compilerArguments(site, path.join(folder, FILE)), { hold }),
  );
  const { link } = paths(site);
  mkdirSync(path.dirname(link), { recursive: true });
  const fresh = `${link}.new`;
  rmSync(fresh, { force: true });
  symlinkSync(path.join(site.cache, name, FILE), fresh);
  renameSync(fresh, link);
}

/**
 * Libraries that are loaded with the binding, though it calls nothing of them.
 *
 * @param {string[]} libraries
 */
function bringing(libraries) {
  const folders = libraries.map((library) => `-Wl,-rpath,${path.dirname(library)}`);
  return libraries.length === 0 ? [] : ['-Wl,--no-as-needed', ...libraries, ...folders];
}

/**
 * @param {Site} site
 * @param {string} output
 */
function compilerArguments(site, output) {
  const { sources, headers } = paths(site);
  const tensorflow = tensorflowFolder(site);
  return [
    ...FLAGS,
    `-I${path.join(headers, 'include')}`,
    `-I${path.join(tensorflow, 'include')}`,
    ...readdirSync(sources)
      .filter((file) => file.endsWith('.cc'))
      .map((file) => path.join(sources, file)),
    ...LIBRARIES.map((library) => path.join(tensorflow, library)),
    ...bringing(tensorflowCompanions(site)),
    `-Wl,-rpath,${tensorflow}`,
    '-o',
    output,
  ];
}
