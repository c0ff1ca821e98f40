import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { Problem } from './problem.mjs';
import { findProgram } from './site.mjs';
import { atLeast, versionIn } from './version.mjs';

/**
 * @typedef {import('./site.mjs').Environment} Environment
 */

/** pip takes several --platform since this version. */
const PIP_MINIMUM = '20.3';
const PYTHON_MINIMUM = '3.7';
/** TensorFlow's libraries are built for it. */
const GLIBC_MINIMUM = '2.27';
const COMPILERS = ['c++', 'g++', 'clang++'];

/**
 * What the system must bring: how to see what is wrong with it (undefined: nothing), and how to get it.
 *
 * @satisfies {Record<string, { fault: (env: Environment) => string | undefined, get: string }>}
 */
const TOOLS = {
  npm: {
    fault: (env) => (findProgram('npm', env) ? undefined : 'npm is not on PATH.'),
    get: 'It comes with Node.js from https://nodejs.org. Debian, Ubuntu: apt-get install npm',
  },
  python: { fault: pythonFault, get: 'Debian, Ubuntu: apt-get install python3. Fedora: dnf install python3' },
  pip: {
    fault: pipFault,
    get: 'Debian, Ubuntu: apt-get install python3-pip. Fedora: dnf install python3-pip. Else: python3 -m ensurepip',
  },
  glibc: {
    fault: glibcFault,
    get: 'Use a distribution such as Debian, Ubuntu or Fedora, or a container of one (not Alpine)',
  },
  compiler: {
    fault: (env) =>
      compiler(env) ? undefined : `There is no C++ compiler on PATH (looked for ${COMPILERS.join(', ')}).`,
    get: 'Debian, Ubuntu: apt-get install g++. Fedora: dnf install gcc-c++. Or name one in CXX',
  },
};

/**
 * @typedef {keyof typeof TOOLS} Tool
 */

/**
 * @param {Tool[]} names
 * @param {Environment} env
 * @throws {Problem} that lists every one of them that is missing, with the way to get it
 */
export function requireTools(names, env) {
  const faults = [...new Set(names)].flatMap((name) => {
    const fault = TOOLS[name].fault(env);
    return fault === undefined ? [] : [`- ${fault}\n  ${TOOLS[name].get}`];
  });
  if (faults.length === 0) return;
  throw new Problem(
    `The set-up needs what this machine lacks:\n${faults.join('\n')}`,
    'Install it and run this again. Nothing has been changed.',
  );
}

/**
 * @param {Environment} env
 * @returns {string | undefined} the C++ compiler to call: CXX, else the first one on PATH
 */
export function compiler(env) {
  return env.CXX || COMPILERS.find((name) => findProgram(name, env) !== undefined);
}

function glibcFault() {
  /** @type {{ header?: { glibcVersionRuntime?: string } }} */
  const { header } = process.report.getReport();
  const version = header?.glibcVersionRuntime;
  if (version === undefined) return "The system's C library is not glibc.";
  return atLeast(version, GLIBC_MINIMUM)
    ? undefined
    : `glibc is ${version}; ${GLIBC_MINIMUM} or newer is needed.`;
}

/** @param {Environment} env */
function pythonFault(env) {
  if (!findProgram('python3', env)) return 'python3 is not on PATH.';
  return versionFault('Python', ['--version'], PYTHON_MINIMUM, env);
}

/** @param {Environment} env */
function pipFault(env) {
  if (!findProgram('python3', env)) return undefined;
  return versionFault('pip (python3 -m pip)', ['-m', 'pip', '--version'], PIP_MINIMUM, env);
}

/**
 * @param {string} title
 * @param {string[]} args to python3
 * @param {string} minimum
 * @param {Environment} env
 */
function versionFault(title, args, minimum, env) {
  const version = versionIn(spawnSync('python3', args, { encoding: 'utf8', env }).stdout ?? '');
  if (version === undefined) return `${title} is missing or does not start.`;
  return atLeast(version, minimum) ? undefined : `${title} is ${version}; ${minimum} or newer is needed.`;
}
