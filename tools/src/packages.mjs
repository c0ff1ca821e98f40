import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fingerprint } from './cache.mjs';
import { command } from './command.mjs';
import { stamp, stamped } from './stamp.mjs';

const STAMP = 'node_modules/.nse-packages';

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, devOptional?: boolean }} LockEntry
 * @typedef {{ packages: Record<string, LockEntry> }} Lock
 */

/**
 * @param {string} root the checkout
 * @returns {string} fingerprint of what node_modules is made from
 */
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
  if (!existsSync(installed)) return false;
  if (!sameTree(readLock(path.join(root, 'package-lock.json')), readLock(installed))) return false;
  stamp(path.join(root, STAMP), inputs);
  return true;
}

/**
 * @param {Lock} wanted package-lock.json
 * @param {Lock} installed npm's record of what it installed, written at its very end
 * @returns {boolean} whether the same packages are in both, but for optional ones that are for other systems
 */
export function sameTree(wanted, installed) {
  if (Object.keys(installed.packages).some((name) => !(name in wanted.packages))) return false;
  return Object.entries(wanted.packages).every(([name, entry]) => {
    const found = installed.packages[name];
    if (found === undefined) return name === '' || entry.optional === true || entry.devOptional === true;
    return (
      entry.version === found.version && entry.integrity === found.integrity && entry.link === found.link
    );
  });
}

/**
 * npm ci, without the packages' own install scripts: they download things that are neither pinned nor needed.
 *
 * @param {string} root the checkout
 * @param {number[]} hold
 */
export async function installPackages(root, hold) {
  rmSync(path.join(root, STAMP), { force: true });
  await command('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: root,
    hold,
    advice: 'If it was the npm registry that could not be reached, run this again when it can be.',
  });
  stamp(path.join(root, STAMP), packagesInputs(root));
}

/**
 * @param {string} file
 * @returns {Lock}
 */
function readLock(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
