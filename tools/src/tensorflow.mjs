import path from 'node:path';
import { place, placed } from './cache.mjs';
import { TENSORFLOW_CPU, TENSORFLOW_GPU, TENSORFLOW_VERSION } from './pins.mjs';
import { unpackWheels } from './wheel.mjs';

/**
 * @typedef {import('./site.mjs').Site} Site
 */

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
 * Sizes in bytes for the progress line and the check for room: of the download (the GPU's is an estimate), and of what is
 * kept. TensorFlow finds CUDA's libraries in `nvidia` beside `tensorflow`, as the wheels lay them out.
 */
const VARIANTS = {
  cpu: { wheels: TENSORFLOW_CPU, label: 'CPU', download: 0.28e9, kept: 0.86e9 },
  gpu: { wheels: TENSORFLOW_GPU, label: 'NVIDIA GPU', download: 3.3e9, kept: 5.6e9 },
};

/**
 * @param {Pick<Site, 'arch' | 'variant'>} site
 * @returns {string} name of libtensorflow's folder in the cache
 */
export function tensorflowName({ arch, variant }) {
  return `tensorflow-${TENSORFLOW_VERSION}-${variant}-${arch}`;
}

/**
 * @param {Site} site
 * @returns {string} the folder with the two libraries and `include`
 */
export function tensorflowFolder(site) {
  return path.join(site.cache, tensorflowName(site), 'tensorflow');
}

/**
 * What the binding must bring along: TensorFlow looks for CUDA's libraries by name from libtensorflow_framework, whose own search path
 * names the folders of all but this one (2.21.0). Without it, all is computed on the CPU, and nothing says so.
 *
 * @param {Site} site
 * @returns {string[]} libraries, absolute paths
 */
export function tensorflowCompanions(site) {
  if (site.variant === 'cpu') return [];
  return [path.join(site.cache, tensorflowName(site), 'nvidia/cusolver/lib/libcusolver.so.11')];
}

/**
 * @param {Site} site
 * @returns {string} what is set up, with its sizes
 */
export function tensorflowTitle({ variant }) {
  const { label, download, kept } = VARIANTS[variant];
  const gigabytes = (/** @type {number} */ bytes) => `${(bytes / 1e9).toFixed(2)} GB`;
  return `TensorFlow ${TENSORFLOW_VERSION} for ${label} (${gigabytes(download)} to download, ${gigabytes(kept)} on disk)`;
}

/**
 * @param {Site} site
 * @returns {number} bytes that setting it up takes at its peak
 */
export function tensorflowRoom({ variant }) {
  // pip makes its downloads in one folder and then copies them to another.
  return 2 * VARIANTS[variant].download + VARIANTS[variant].kept;
}

/** @param {Site} site */
export function tensorflowReady(site) {
  return placed(site.cache, tensorflowName(site), FILES);
}

/**
 * @param {Site} site
 * @param {number[]} hold
 */
export async function installTensorflow(site, hold) {
  const { wheels } = VARIANTS[site.variant];
  await place(site.cache, tensorflowName(site), FILES, (folder) =>
    unpackWheels(wheels[site.arch], folder, MEMBERS, site, hold),
  );
}
