import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { place, placed } from './cache.mjs';
import { TENSORFLOW_CPU, TENSORFLOW_GPU, TENSORFLOW_VERSION } from './pins.mjs';
import { unpackWheels } from './wheel.mjs';

/** Sizes in bytes, measured, for the progress line and the check for room: the download and what is kept of it. */
const VARIANTS = {
  cpu: { wheels: TENSORFLOW_CPU, label: 'CPU', download: 0.28e9, unpacked: 0.86e9 },
  gpu: { wheels: TENSORFLOW_GPU, label: 'NVIDIA GPU', download: 2.9e9, unpacked: 5.5e9 },
};

export const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

const FILES = [
  ...LIBRARIES.map((library) => `tensorflow/${library}`),
  'tensorflow/include/tensorflow/c/c_api.h',
];

/** The C API's libraries and headers, the licences and CUDA's libraries. The Python part of the wheel is left out. */
const MEMBERS = [
  ...LIBRARIES.map((library) => `tensorflow/${library}`),
  'tensorflow/include/tensorflow/c/*',
  'tensorflow/include/tensorflow/core/platform/ctstring*',
  'tensorflow/include/tsl/*',
  'tensorflow/include/xla/tsl/c/*',
  'tensorflow*/LICENSE',
  'nvidia/*/lib/*',
];

/**
 * @param {import('./machine.mjs').Machine} machine
 * @returns {string} name of libtensorflow's folder in the cache
 */
export function tensorflowName({ arch, variant }) {
  return `tensorflow-${TENSORFLOW_VERSION}-${variant}-${arch}`;
}

/**
 * @param {string} cache
 * @param {import('./machine.mjs').Machine} machine
 * @returns {string} the folder with the two libraries and `include`
 */
export function tensorflowFolder(cache, machine) {
  return path.join(cache, tensorflowName(machine), 'tensorflow');
}

/** @returns {string} what is set up, with its sizes */
export function tensorflowTitle({ variant }) {
  const { label, download, unpacked } = VARIANTS[variant];
  const size = (bytes) => `${(bytes / 1e9).toFixed(2)} GB`;
  return `TensorFlow ${TENSORFLOW_VERSION} for ${label} (${size(download)} to download, ${size(unpacked)} on disk)`;
}

/** @returns {number} bytes that setting it up takes at its peak */
export function tensorflowRoom({ variant }) {
  return VARIANTS[variant].download + VARIANTS[variant].unpacked;
}

export function tensorflowReady(cache, machine) {
  return placed(cache, tensorflowName(machine), FILES);
}

export async function installTensorflow(cache, machine, hold) {
  const wheels = VARIANTS[machine.variant].wheels[machine.arch];
  await place(cache, tensorflowName(machine), FILES, (folder) =>
    unpackWheels(wheels, folder, { arch: machine.arch, members: MEMBERS, hold }),
  );
}

/**
 * CUDA's libraries, which TensorFlow looks for by name while it runs. This path was not run on a GPU: none was at hand.
 *
 * @param {string} cache
 * @param {import('./machine.mjs').Machine} machine
 * @returns {string[]} the folders that the loader must search; none without a GPU
 */
export function libraryFolders(cache, machine) {
  const nvidia = path.join(cache, tensorflowName(machine), 'nvidia');
  if (machine.variant === 'cpu' || !existsSync(nvidia)) return [];
  return readdirSync(nvidia).map((name) => path.join(nvidia, name, 'lib'));
}
