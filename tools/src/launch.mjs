import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cacheFolder } from './cache.mjs';
import { runChecks } from './checks.mjs';
import { machineOf } from './machine.mjs';
import { natsServer } from './nats.mjs';
import { Problem } from './problem.mjs';
import { setUp } from './setup.mjs';
import { libraryFolders } from './tensorflow.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * Sets up what is missing, then runs the command in this same process: `test` is here, everything else is the CLI's.
 *
 * @param {string[]} args
 */
export async function launch(args) {
  try {
    const machine = machineOf(process);
    const cache = cacheFolder(process.env);
    await setUp({ root: ROOT, cache, machine, env: process.env });
    Object.assign(process.env, surroundings(cache, machine, process.env));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    process.stderr.write(`nse: ${error.message}\n${error.advice ? `\n${error.advice}\n` : ''}`);
    process.exitCode = 1;
    return;
  }
  if (args[0] === 'test') {
    process.exitCode = await runChecks(ROOT, args.slice(1));
    return;
  }
  const cli = path.join(ROOT, 'libs/cli/dist/main.js');
  process.argv = [process.execPath, cli, ...args];
  await import(pathToFileURL(cli).href);
}

/** What the command, the services and the workers are told by the environment. */
function surroundings(cache, machine, env) {
  const libraries = libraryFolders(cache, machine);
  return {
    NSE_CACHE: cache,
    NSE_NATS_SERVER: natsServer(cache, env, machine.arch),
    // Only workers load TensorFlow, and they are started after this: the loader of their process reads it.
    ...(libraries.length > 0 && {
      LD_LIBRARY_PATH: [...libraries, env.LD_LIBRARY_PATH].filter(Boolean).join(path.delimiter),
    }),
  };
}
