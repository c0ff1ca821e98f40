import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closingLine, failures, tally } from '../src/tally.mjs';

/**
 * @param {string} target
 * @param {number} status
 */
function task(target, status) {
  return { target, projectName: 'p', status };
}

const results = [
  { numPassedTests: 5, numFailedTests: 0 },
  { numPassedTests: 2, numFailedTests: 1, numRuntimeErrorTestSuites: 1 },
];

test('cases are counted as they are, every other step of a project as one', () => {
  const tasks = [task('lint', 0), task('lint', 0), task('build', 0), task('test', 0)];
  const counts = tally({ format: 0, nx: 0, tasks, results: results.slice(0, 1) });
  assert.equal(closingLine(counts), '9 passed, 0 failed');
});

test('failed cases, files that do not load and failed steps all count', () => {
  const tasks = [task('lint', 1), task('test', 0), task('test', 1)];
  const counts = tally({ format: 1, nx: 1, tasks, results });
  assert.equal(closingLine(counts), '7 passed, 4 failed');
});

test('a test run that crashed before its first case is a failure', () => {
  const counts = tally({ format: 0, nx: 1, tasks: [task('test', 1)], results: [] });
  assert.equal(closingLine(counts), '1 passed, 1 failed');
});

test('a run of nx that says nothing is a failure, whatever its exit code', () => {
  assert.equal(closingLine(tally({ format: 0, nx: 1, tasks: [], results: [] })), '1 passed, 1 failed');
  assert.equal(closingLine(tally({ format: 0, nx: 0, tasks: [], results: [] })), '1 passed, 1 failed');
});

test('a failing nx whose tasks all passed is a failure', () => {
  const counts = tally({ format: 0, nx: 1, tasks: [task('lint', 0)], results: [] });
  assert.equal(closingLine(counts), '2 passed, 1 failed');
});

test('what failed is listed with the beginning of its message, what passed is not', () => {
  const file = {
    name: '/checkout/libs/x/a.test.ts',
    assertionResults: [
      { fullName: 'adds', status: 'passed' },
      { fullName: 'subtracts', status: 'failed', failureMessages: ['\x1b[31mexpected 1\x1b[39m\n  at a'] },
    ],
  };
  const crashed = { name: '/checkout/libs/x/b.test.ts', message: 'cannot be read', assertionResults: [] };
  const results = [{ numPassedTests: 1, numFailedTests: 1, testResults: [file, crashed] }];
  const text = failures({ root: '/checkout', tasks: [task('lint', 1), task('test', 1)], results });
  assert.match(text, /lint of p/);
  assert.match(text, /libs\/x\/a\.test\.ts: subtracts\n {4}expected 1\n/);
  assert.match(text, /libs\/x\/b\.test\.ts\n {4}cannot be read/);
  assert.doesNotMatch(text, /adds/);
  assert.equal(failures({ root: '/checkout', tasks: [task('lint', 0)], results: [] }), '');
});
