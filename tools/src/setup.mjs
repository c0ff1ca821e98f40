import { closeSync, mkdirSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { bindingReady, installBinding } from './binding.mjs';
import { build, buildReady } from './build.mjs';
import { removeUnfinished } from './cache.mjs';
import { lock } from './lock.mjs';
import { installNatsServer, natsServer } from './nats.mjs';
import { requireTools } from './needed.mjs';
import { installPackages, packagesReady } from './packages.mjs';
import { NATS_VERSION } from './pins.mjs';
import { Problem } from './problem.mjs';
import { say, step } from './progress.mjs';
import { installTensorflow, tensorflowReady, tensorflowRoom, tensorflowTitle } from './tensorflow.mjs';

/**
 * @typedef {import('./site.mjs').Site} Site
 *
 * @typedef {object} Part one thing that must be there
 * @property {string} title
 * @property {import('./needed.mjs').Tool[]} needs what the system must bring to set it up
 * @property {number} room bytes that it takes in the cache at its peak
 * @property {() => boolean} ready
 * @property {(hold: number[]) => Promise<void>} install
 */

/**
 * What stands by itself.
 *
 * @param {Site} site
 * @returns {Part[]}
 */
function downloads(site) {
  return [
    {
      title: 'npm packages',
      needs: ['npm', 'python'],
      room: 0,
      ready: () => packagesReady(site.root),
      install: (hold) => installPackages(site.root, hold),
    },
    {
      title: tensorflowTitle(site),
      needs: ['glibc', 'python', 'pip'],
      room: tensorflowRoom(site),
      ready: () => tensorflowReady(site),
      install: (hold) => installTensorflow(site, hold),
    },
    {
      title: `nats-server ${NATS_VERSION}`,
      needs: ['python', 'pip'],
      room: 30e6,
      ready: () => natsServer(site) !== undefined,
      install: (hold) => installNatsServer(site, hold),
    },
  ];
}

/**
 * @param {Site} site
 * @returns {Part}
 */
function binding(site) {
  return {
    title: 'tfjs binding (C++)',
    needs: ['python', 'compiler'],
    room: 1e6,
    ready: () => bindingReady(site),
    install: (hold) => installBinding(site, hold),
  };
}

/**
 * @param {Site} site
 * @returns {Part}
 */
function sources(site) {
  return {
    title: 'nse itself (TypeScript)',
    needs: ['npm', 'python'],
    room: 0,
    ready: () => buildReady(site.root),
    install: (hold) => build(site.root, hold),
  };
}

/**
 * Sets up all that the command needs; returns at once when nothing is missing.
 *
 * @param {Site} site
 * @throws {Problem} when the system lacks something, or with every part that failed
 */
export async function setUp(site) {
  await complete(site, [downloads(site), [binding(site), sources(site)]]);
}

/**
 * Sets up all that the checks need. They build for themselves, so that they can tell which project does not compile.
 *
 * @param {Site} site
 * @throws {Problem} as `setUp`
 */
export async function setUpForChecks(site) {
  await complete(site, [downloads(site), [binding(site)]]);
}

/**
 * @param {Site} site
 * @param {Part[][]} stages the parts of one stage do not need each other
 */
async function complete(site, stages) {
  const missing = unready(stages.flat());
  if (missing.length === 0) return;
  requireTools(
    missing.flatMap((part) => part.needs),
    site.env,
  );
  makeCache(site.cache);
  requireRoom(site.cache, missing);
  const hold = await takeLocks(site);
  try {
    removeUnfinished(site.cache);
    // Asked again under the locks: whoever had them may have done the work.
    for (const stage of stages) await installAll(unready(stage), hold);
  } finally {
    for (const descriptor of hold) closeSync(descriptor);
  }
}

/** @param {string} cache */
function makeCache(cache) {
  try {
    mkdirSync(cache, { recursive: true });
  } catch (error) {
    throw new Problem(`The cache folder cannot be made: ${error}`, 'Name another one in NSE_CACHE.');
  }
}

/** @param {Part[]} parts */
function unready(parts) {
  return parts.filter((part) => !part.ready());
}

/**
 * @param {Site} site
 * @returns {Promise<number[]>} the locks of the checkout and of the cache, always taken in this order
 */
async function takeLocks({ root, cache }) {
  return [
    await lock(path.join(root, '.nse/setup.lock'), () =>
      say('waiting: another nse is setting up this checkout'),
    ),
    await lock(path.join(cache, 'setup.lock'), () => say(`waiting: another nse is filling ${cache}`)),
  ];
}

/**
 * @param {Part[]} parts
 * @param {number[]} hold
 */
async function installAll(parts, hold) {
  /** @type {unknown[]} */
  const faults = [];
  const install = (/** @type {Part} */ part) =>
    step(part.title, () => part.install(hold)).catch((fault) => {
      faults.push(
        fault instanceof Problem ? new Problem(`${part.title}: ${fault.message}`, fault.advice) : fault,
      );
    });
  await Promise.all(parts.map(install));
  if (faults.length === 0) return;
  const problems = faults.filter((fault) => fault instanceof Problem);
  if (problems.length < faults.length) throw faults.find((fault) => !(fault instanceof Problem));
  const advice = new Set(problems.map((problem) => problem.advice).filter(Boolean));
  throw new Problem(problems.map((problem) => problem.message).join('\n\n'), [...advice].join('\n'));
}

/**
 * @param {string} cache
 * @param {Part[]} parts
 */
function requireRoom(cache, parts) {
  const need = parts.reduce((sum, part) => sum + part.room, 0);
  const { bavail, bsize } = statfsSync(cache);
  if (bavail * bsize >= need) return;
  const gigabytes = (/** @type {number} */ bytes) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new Problem(
    `${cache} has ${gigabytes(bavail * bsize)} free; the set-up needs ${gigabytes(need)}.`,
    'Make room, or name a folder on another disk in NSE_CACHE.',
  );
}
