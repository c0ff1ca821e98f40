import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from './problem.mjs';

/**
 * @typedef {NodeJS.ProcessEnv} Environment
 * @typedef {'x64' | 'arm64'} Arch
 * @typedef {'cpu' | 'gpu'} Variant
 *
 * @typedef {object} Site where things are set up, and for what machine
 * @property {string} root the checkout
 * @property {string} cache the folder for everything big, shared by all checkouts
 * @property {Arch} arch
 * @property {Variant} variant of TensorFlow
 * @property {Environment} env
 */

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * @param {{ platform: string, arch: string, env: Environment }} host such as `process`
 * @returns {Site}
 * @throws {Problem} on a system for which there are no pinned libraries
 */
export function siteOf({ platform, arch, env }) {
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64')) {
    throw new Problem(
      `nse runs on Linux (x86-64 or 64-bit ARM) so far; this is ${platform} on ${arch}.`,
      platform === 'win32' ? 'Under Windows, use WSL 2.' : 'A Linux virtual machine or container will do.',
    );
  }
  return { root: ROOT, cache: cacheFolder(env), arch, variant: variantFor(arch, env), env };
}

/**
 * NSE_CACHE, else `nse` in the user's cache folder.
 *
 * @param {Environment} env
 * @returns {string} absolute path
 */
export function cacheFolder(env) {
  if (env.NSE_CACHE) return path.resolve(env.NSE_CACHE);
  // By the XDG rules a relative XDG_CACHE_HOME counts as unset.
  const base = env.XDG_CACHE_HOME && path.isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : undefined;
  return path.join(base ?? path.join(homedir(), '.cache'), 'nse');
}

/**
 * NSE_TENSORFLOW chooses; else it is the GPU's TensorFlow where an NVIDIA driver and its tool are there.
 *
 * @param {Arch} arch
 * @param {Environment} env
 * @returns {Variant}
 */
function variantFor(arch, env) {
  const wish = env.NSE_TENSORFLOW || undefined;
  if (wish !== undefined && wish !== 'cpu' && wish !== 'gpu') {
    throw new Problem(`NSE_TENSORFLOW is '${wish}'.`, "Set it to 'cpu' or 'gpu', or leave it out.");
  }
  if (arch === 'x64') return wish ?? (hasNvidiaGpu(env) ? 'gpu' : 'cpu');
  if (wish === 'gpu')
    throw new Problem('TensorFlow has no wheel for GPUs on ARM.', 'Leave NSE_TENSORFLOW out.');
  return 'cpu';
}

/**
 * Devices are looked for, not asked: nvidia-smi takes up to a second, and this runs at every start.
 *
 * @param {Environment} env
 */
function hasNvidiaGpu(env) {
  const devices = ['/dev/nvidiactl', '/dev/dxg'];
  return findProgram('nvidia-smi', env) !== undefined && devices.some((device) => existsSync(device));
}

/**
 * @param {string} name
 * @param {Environment} env
 * @returns {string | undefined} absolute path of the program that PATH gives
 */
export function findProgram(name, env) {
  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const folder = folders.find((entry) => existsSync(path.join(entry, name)));
  return folder === undefined ? undefined : path.resolve(folder, name);
}
