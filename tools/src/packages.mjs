import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fingerprint } from './cache.mjs';
import { command } from './command.mjs';
import { stamp, stamped } from './stamp.mjs';

const STAMP = 'node_modules/.nse-packages';

/** @param {string} root the checkout */
export function packagesInputs(root) {
  return fingerprint([readFileSync(path.join(root, 'package-lock.json')), process.platform, process.arch]);
}

/**
 * Whether node_modules is what package-lock.json says. One that npm itself brought there by hand (npm install) counts too.
 *
 * @param {string} root the checkout
 */
export function packagesReady(root) {
  const inputs = packagesInputs(root);
  if (stamped(path.join(root, STAMP), inputs)) return true;
  const installed = path.join(root, 'node_modules/.package-lock.json');
  if (
    !existsSync(installed) ||
    !sameTree(readJson(path.join(root, 'package-lock.json')), readJson(installed))
  )
    return false;
  stamp(path.join(root, STAMP), inputs);
  return true;
}

/**
 * @param {{ packages: Record<string, LockEntry> }} wanted package-lock.json
 * @param {{ packages: Record<string, LockEntry> }} installed npm's record of what it installed, written at its very end
 * @returns {boolean} whether the same packages are in both, but for optional ones that are for other systems
 *
 * @typedef {{ version?: string, integrity?: string, resolved?: string, link?: boolean, optional?: boolean, devOptional?: boolean }} LockEntry
 */
export function sameTree(wanted, installed) {
  const same = (a, b) => a.version === b.version && a.integrity === b.integrity && a.link === b.link;
  const extra = Object.keys(installed.packages).some((name) => !(name in wanted.packages));
  if (extra) return false;
  return Object.entries(wanted.packages).every(([name, entry]) => {
    const found = installed.packages[name];
    if (found !== undefined) return same(entry, found);
    return name === '' || entry.optional === true || entry.devOptional === true;
  });
}

/** npm ci, without the packages' own install scripts: they download things that are neither pinned nor needed. */
export async function installPackages(root, hold) {
  rmSync(path.join(root, STAMP), { force: true });
  await command('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: root,
    hold,
    advice: 'The npm registry must be reachable for the first set-up. Run the command again when it is.',
  });
  stamp(path.join(root, STAMP), packagesInputs(root));
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
