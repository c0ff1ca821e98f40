import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { runChecks } from './checks.mjs';
import { natsServer } from './nats.mjs';
import { Problem } from './problem.mjs';
import { setUp, setUpForChecks } from './setup.mjs';
import { siteOf } from './site.mjs';

/**
 * @typedef {import('./site.mjs').Site} Site
 */

/**
 * Sets up what is missing, then runs the command in this same process: `test` is here, everything else is the CLI's.
 *
 * @param {string[]} args
 */
export async function launch(args) {
  const help = args.includes('--help') || args.includes('-h');
  const checks = args[0] === 'test' && !help;
  const site = await prepared(checks ? setUpForChecks : setUp);
  if (site === undefined) {
    process.exitCode = 1;
  } else if (checks) {
    process.exitCode = await runChecks(site.root, args.slice(1));
  } else {
    const cli = path.join(site.root, 'libs/cli/dist/main.js');
    process.argv = [process.execPath, cli, ...args];
    await import(pathToFileURL(cli).href);
  }
}

/**
 * @param {(site: Site) => Promise<void>} set
 * @returns {Promise<Site | undefined>} undefined when that failed, which the user has been told
 */
async function prepared(set) {
  try {
    const site = siteOf(process);
    await set(site);
    // What the command, its services and workers are told by the environment.
    Object.assign(process.env, { NSE_CACHE: site.cache, NSE_NATS_SERVER: natsServer(site) });
    return site;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`nse: ${error.message}\n${error.advice ? `\n${error.advice}\n` : ''}`);
    return undefined;
  }
}
