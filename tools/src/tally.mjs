import { stripVTControlCharacters } from 'node:util';

/**
 * @typedef {{ target: string, projectName: string, status: number }} Task one step of nx, with its exit code
 * @typedef {{ fullName: string, status: string, failureMessages?: string[] }} Case one test case of jest
 * @typedef {{ name: string, message?: string, assertionResults?: Case[] }} File one test file of jest
 * @typedef {{ numPassedTests: number, numFailedTests: number, numRuntimeErrorTestSuites?: number, testResults?: File[] }}
 *   TestResult a project's tests as jest counts them: cases, and files that failed before their first case
 * @typedef {{ step: string, passed: number, failed: number }} Count
 */

/**
 * Adds up what passed and failed. A step that is no test counts as one check for each project. Whatever failed without
 * saying where counts as one failure, so that a crash never looks like success.
 *
 * @param {{ format: number, nx: number, tasks: Task[], results: TestResult[] }} outcome exit codes of the formatting check and
 *   of nx, nx's record of its tasks, and the results that the projects' tests left
 * @returns {Count[]} one per kind of step
 */
export function tally({ format, nx, tasks, results }) {
  const targets = [...new Set(tasks.map((task) => task.target))].filter((target) => target !== 'test');
  const counts = [
    checks('format', [format]),
    ...targets.map((target) => checks(target, statuses(tasks, target))),
    tests(statuses(tasks, 'test'), results),
  ];
  const explained = nx === 0 || counts.slice(1).some((count) => count.failed > 0);
  return explained && tasks.length > 0 ? counts : [...counts, checks('nx', [1])];
}

/**
 * @param {Task[]} tasks
 * @param {string} target
 */
function statuses(tasks, target) {
  return tasks.filter((task) => task.target === target).map((task) => task.status);
}

/**
 * @param {string} step
 * @param {number[]} codes exit codes
 * @returns {Count}
 */
function checks(step, codes) {
  const passed = codes.filter((code) => code === 0).length;
  return { step, passed, failed: codes.length - passed };
}

/**
 * A run can fail without a failed case, by a crash or by never ending: then the failed runs are what counts.
 *
 * @param {number[]} codes exit codes
 * @param {TestResult[]} results
 * @returns {Count}
 */
function tests(codes, results) {
  const passed = results.reduce((sum, result) => sum + result.numPassedTests, 0);
  const failed = results.reduce(
    (sum, result) => sum + result.numFailedTests + (result.numRuntimeErrorTestSuites ?? 0),
    0,
  );
  return { step: 'test', passed, failed: Math.max(failed, checks('test', codes).failed) };
}

/** Of a failed case's message; the whole of it stands where it ran. */
const MESSAGE_LINES = 12;

/**
 * What failed, together at the end: in the output of many steps it is hard to find, and a log that is cut may lack it.
 *
 * @param {{ root: string, tasks: Task[], results: TestResult[] }} outcome
 * @returns {string} empty where nothing failed
 */
export function failures({ root, tasks, results }) {
  const steps = tasks
    .filter((task) => task.status !== 0 && task.target !== 'test')
    .map(({ target, projectName }) => `${target} of ${projectName}\n`);
  const files = results.flatMap((result) => result.testResults ?? []);
  const lines = [...steps, ...files.flatMap((file) => failuresOf(root, file))];
  return lines.length === 0 ? '' : `Failed:\n\n${lines.join('\n')}\n`;
}

/**
 * @param {string} root
 * @param {File} file
 * @returns {string[]}
 */
function failuresOf(root, { name, message = '', assertionResults = [] }) {
  const file = name.replace(`${root}/`, '');
  const cases = assertionResults.filter((result) => result.status === 'failed');
  const crashed = assertionResults.length === 0 && message !== '';
  return [
    ...(crashed ? [`${file}\n${shortened(message)}`] : []),
    ...cases.map((result) => `${file}: ${result.fullName}\n${shortened(result.failureMessages?.[0] ?? '')}`),
  ];
}

/** @param {string} message */
function shortened(message) {
  const lines = stripVTControlCharacters(message).split('\n').slice(0, MESSAGE_LINES);
  return lines.map((line) => `    ${line}`.trimEnd() + '\n').join('');
}

/**
 * @param {Count[]} counts
 * @returns {string} a line for each step
 */
export function table(counts) {
  const width = Math.max(...counts.map((count) => count.step.length));
  return counts
    .map(({ step, passed, failed }) => `${step.padEnd(width)}  ${passed} passed, ${failed} failed`)
    .join('\n');
}

/**
 * @param {Count[]} counts
 * @returns {string} the line that closes the run
 */
export function closingLine(counts) {
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  return `${passed} passed, ${failed} failed`;
}
