import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Problem } from './problem.mjs';

/**
 * @typedef {'x64' | 'arm64'} Arch
 * @typedef {'cpu' | 'gpu'} Variant
 * @typedef {{ arch: Arch, variant: Variant }} Machine
 */

/**
 * What has to be set up for this machine.
 *
 * @param {{ platform: string, arch: string, env: NodeJS.ProcessEnv }} host
 * @returns {Machine}
 * @throws {Problem} on a system for which there are no pinned libraries
 */
export function machineOf({ platform, arch, env }) {
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64')) {
    throw new Problem(
      `nse runs on Linux (x86-64 or 64-bit ARM) so far; this is ${platform} on ${arch}.`,
      platform === 'win32'
        ? 'Under Windows it should run in WSL 2.'
        : 'A Linux virtual machine or container will do.',
    );
  }
  return { arch, variant: variantFor(arch, env) };
}

/** NSE_TENSORFLOW chooses; else the GPU's TensorFlow where an NVIDIA driver and its tool are there. */
function variantFor(arch, env) {
  const wish = env.NSE_TENSORFLOW;
  if (wish !== undefined && wish !== 'cpu' && wish !== 'gpu') {
    throw new Problem(`NSE_TENSORFLOW is '${wish}'.`, "Set it to 'cpu' or 'gpu', or leave it out.");
  }
  if (arch === 'arm64') {
    if (wish === 'gpu')
      throw new Problem('TensorFlow has no wheel for GPUs on 64-bit ARM.', 'Leave NSE_TENSORFLOW out.');
    return 'cpu';
  }
  return wish ?? (hasNvidiaGpu(env) ? 'gpu' : 'cpu');
}

// Devices are looked for, not asked: nvidia-smi takes up to a second, and this runs at every start.
function hasNvidiaGpu(env) {
  const devices = ['/dev/nvidiactl', '/dev/dxg'];
  return findProgram('nvidia-smi', env) !== undefined && devices.some((device) => existsSync(device));
}

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined} absolute path of the program that PATH gives
 */
export function findProgram(name, env = process.env) {
  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const folder = folders.find((entry) => existsSync(path.join(entry, name)));
  return folder === undefined ? undefined : path.resolve(folder, name);
}
