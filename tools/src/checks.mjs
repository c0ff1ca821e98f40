import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { nxEnvironment } from './build.mjs';
import { say } from './progress.mjs';
import { closingLine, failures, table, tally } from './tally.mjs';

/** Each project's tests leave their numbers in this file; nx keeps it with its cached results (`outputs` in nx.json). */
const RESULTS = 'test-results.json';
const NX_RECORD = '.nx/cache/run.json';
const TARGETS = ['lint', 'typecheck', 'build', 'test'];

/**
 * `./nse test`: formatting, then lint, type check, build and the tests that need no cluster, of every project.
 *
 * @param {string} root the checkout
 * @param {string[]} args handed to nx, such as `--projects=@nse/space`
 * @returns {Promise<number>} exit code: 0 when everything passed
 */
export async function runChecks(root, args) {
  const begin = performance.now();
  for (const file of [...resultFiles(root), path.join(root, NX_RECORD)]) rmSync(file, { force: true });
  const format = await run(root, 'prettier', ['--check', '--log-level', 'warn', '.']);
  const nx = await run(root, 'nx', [
    'run-many',
    '-t',
    ...TARGETS,
    '--parallel=2',
    '--outputStyle=static',
    ...args,
  ]);
  const tasks = nxTasks(root);
  const results = resultFiles(root).map(testResult);
  const counts = tally({ format, nx, tasks, results });
  say(`checked in ${((performance.now() - begin) / 1000).toFixed(0)} s`);
  const failed = failures({ root, tasks, results });
  process.stdout.write(`\n${failed}${table(counts)}\n\n${closingLine(counts)}\n`);
  return counts.some((count) => count.failed > 0) ? 1 : 0;
}

/**
 * @param {string} root
 * @param {string} tool
 * @param {string[]} args
 * @returns {Promise<number>} exit code
 */
function run(root, tool, args) {
  return new Promise((resolve) => {
    const child = spawn(path.join(root, 'node_modules/.bin', tool), args, {
      cwd: root,
      env: nxEnvironment(),
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', () => resolve(1));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/**
 * nx's own record of what it ran; empty when nx did not come that far.
 *
 * @param {string} root
 * @returns {import('./tally.mjs').Task[]}
 */
function nxTasks(root) {
  const file = path.join(root, NX_RECORD);
  return existsSync(file) ? readJson(file).tasks : [];
}

/**
 * The result files that are there: of projects at the top (`tools`) or one below (`libs/space`).
 *
 * @param {string} root
 * @returns {string[]}
 */
function resultFiles(root) {
  const top = foldersIn(root);
  const projects = [...top, ...top.flatMap(foldersIn)];
  return projects.map((folder) => path.join(folder, RESULTS)).filter((file) => existsSync(file));
}

/**
 * @param {string} folder
 * @returns {string[]}
 */
function foldersIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.'))
    .map((entry) => path.join(folder, entry.name));
}

/**
 * @param {string} file
 * @returns {import('./tally.mjs').TestResult}
 */
function testResult(file) {
  try {
    return readJson(file);
  } catch {
    // Half-written by a run that crashed: its exit code is what counts then.
    return { numPassedTests: 0, numFailedTests: 0 };
  }
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
