// Programs that others wrote, pinned, for tests: built or installed into the cache once.
const { spawnSync } = require('node:child_process');
const { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } = require('node:fs');
const { homedir } = require('node:os');
const path = require('node:path');

const cache =
  process.env.NSE_CACHE ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'nse');
/** The first build of a program compiles hundreds of packages. */
const WITHIN_MS = 15 * 60_000;

/** What tells that there is no way to the modules or packages, or no tool for them, from a build that is broken. */
const outOfReach =
  /dial tcp|no such host|i\/o timeout|connection re(fused|set)|TLS handshake|network is unreachable|GOPROXY list is not|module lookup disabled|requires go >=|NewConnectionError|ConnectTimeout|ReadTimeout|from versions: none|ensurepip is not available|needs Python 3|Unable to locate package|Temporary failure resolving|Failed to fetch/;

/** A program of a Go module `path@version`; `{ missing }` says why there is none. */
function goProgram(kind, name, module) {
  return goBuilt(kind, `${name}-${module.split('@')[1]}`, name, (into) =>
    run('go', ['install', module], { env: { GOBIN: into, GOFLAGS: '-mod=mod' } }),
  );
}

/** As `built`, where there is Go. */
function goBuilt(kind, folder, program, fill) {
  if (run('go', ['env', 'GOVERSION']).error) return { missing: 'there is no Go on the PATH' };
  return built(kind, folder, program, fill);
}

/** A Python with the packages of a requirements file, each held to its hash. */
function pythonWith(kind, folder, requirements, ...options) {
  if (run('python3', ['--version']).error) return { missing: 'there is no python3 on the PATH' };
  return built(kind, folder, 'bin/python', (into) => {
    const made = run('python3', ['-m', 'venv', into]);
    if (made.status !== 0) return made;
    const install = ['-m', 'pip', 'install', '-q', '--require-hashes', ...options, '-r', requirements];
    return run(path.join(into, 'bin/python'), install);
  });
}

/** A Python that a script of ours sets up in that folder of the cache, where it is not there yet. */
function pythonByScript(script, folder) {
  if (run('python3', ['--version']).error) return { missing: 'there is no python3 on the PATH' };
  const into = path.join(cache, folder);
  mkdirSync(cache, { recursive: true });
  return outcome(run('python3', [script, into]), folder, path.join(into, 'bin/python'));
}

/** The program in a folder of the cache, which is filled elsewhere and renamed when whole. */
function built(kind, name, program, fill) {
  const folder = path.join(cache, kind, name);
  const file = path.join(folder, program);
  if (existsSync(file)) return { program: file };
  mkdirSync(path.dirname(folder), { recursive: true });
  const fresh = mkdtempSync(`${folder}.`);
  process.stderr.write(`building ${name} into the cache; the first time takes minutes\n`);
  const result = fill(fresh);
  // Where it failed, or another run was first.
  if (result.status !== 0 || existsSync(file)) rmSync(fresh, { recursive: true, force: true });
  else renameSync(fresh, folder);
  return outcome(result, name, file);
}

/** The program; or why it is missing, where it is out of reach. Throws where making it failed otherwise. */
function outcome(result, name, program) {
  if (result.status === 0) return { program };
  const said = `${result.stdout}${result.stderr}`;
  if (outOfReach.test(said)) return { missing: said.trim().split('\n').at(-1) };
  throw new Error(`${name} could not be built (${result.error ?? result.signal ?? result.status}):\n${said}`);
}

function run(command, args, { env = {}, cwd } = {}) {
  const options = {
    env: { ...process.env, ...env },
    cwd,
    encoding: 'utf8',
    timeout: WITHIN_MS,
    maxBuffer: 2 ** 26,
  };
  return spawnSync(command, args, options);
}

module.exports = { built, goBuilt, goProgram, pythonByScript, pythonWith, run };
