import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { findProgram } from './machine.mjs';
import { Problem } from './problem.mjs';
import { atLeast, versionIn } from './version.mjs';

/** pip takes several --platform since this version. */
const PIP_MINIMUM = '20.3';
const PYTHON_MINIMUM = '3.7';
const COMPILERS = ['c++', 'g++', 'clang++'];

/** Each thing that the system must bring: how to see that it is there, and how to get it. */
const TOOLS = {
  npm: {
    fault: () => (findProgram('npm') ? undefined : 'npm is not on PATH'),
    get: 'It comes with Node.js from https://nodejs.org; Debian and Ubuntu: apt-get install npm',
  },
  python: {
    fault: pythonFault,
    get: 'Debian and Ubuntu: apt-get install python3; Fedora: dnf install python3',
  },
  pip: {
    fault: pipFault,
    get: 'Debian and Ubuntu: apt-get install python3-pip; Fedora: dnf install python3-pip; else: python3 -m ensurepip',
  },
  compiler: {
    fault: () => (compiler() ? undefined : `no C++ compiler on PATH (looked for ${COMPILERS.join(', ')})`),
    get: 'Debian and Ubuntu: apt-get install g++; Fedora: dnf install gcc-c++; or set CXX',
  },
};

/**
 * @typedef {keyof typeof TOOLS} Tool
 */

/**
 * @param {Tool[]} names
 * @throws {Problem} that lists every one of them that is missing, with the way to get it
 */
export function requireTools(names) {
  const faults = [...new Set(names)].flatMap((name) => {
    const fault = TOOLS[name].fault();
    return fault === undefined ? [] : [`${fault}\n  ${TOOLS[name].get}`];
  });
  if (faults.length === 0) return;
  throw new Problem(
    `The set-up needs what this machine lacks:\n${faults.map((fault) => `- ${fault}`).join('\n')}`,
    'Install it and run this again. Nothing has been changed.',
  );
}

/** @returns {string | undefined} the C++ compiler to call: CXX, else the first one on PATH */
export function compiler() {
  return process.env.CXX || COMPILERS.find((name) => findProgram(name) !== undefined);
}

function pythonFault() {
  if (!findProgram('python3')) return 'python3 is not on PATH';
  const said = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  const version = versionIn(said.stdout ?? '');
  if (version === undefined) return 'python3 does not start';
  return atLeast(version, PYTHON_MINIMUM)
    ? undefined
    : `python3 is ${version}; ${PYTHON_MINIMUM} or newer is needed`;
}

function pipFault() {
  const said = spawnSync('python3', ['-m', 'pip', '--version'], { encoding: 'utf8' });
  const version = versionIn(said.stdout ?? '');
  if (version === undefined) return 'Python 3 has no pip (python3 -m pip)';
  return atLeast(version, PIP_MINIMUM) ? undefined : `pip is ${version}; ${PIP_MINIMUM} or newer is needed`;
}
