// Builds the services, the clients that others wrote, pinned, into the cache, and our own example in TypeScript.
const { execFileSync, spawnSync } = require('node:child_process');
const { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } = require('node:fs');
const { homedir } = require('node:os');
const path = require('node:path');
const buildServices = require('../local/build-services.js');

const root = path.join(__dirname, '../..');
const cache =
  process.env.NSE_CACHE ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'nse');
/** The first build of a client compiles hundreds of packages. */
const WITHIN_MS = 15 * 60_000;

/** Newest versions that the Go of the day builds. */
const goPrograms = {
  grpcurl: 'github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3',
  nats: 'github.com/nats-io/natscli/nats@v0.5.1',
};
const requirements = path.join(root, 'docs/clients/requirements.txt');
const natsPy = 'nats-py-2.16.0';

/** What tells that there is no way to the modules or packages, or no tool for them, from a build that is broken. */
const outOfReach =
  /dial tcp|no such host|i\/o timeout|connection re(fused|set)|TLS handshake|network is unreachable|GOPROXY list is not|module lookup disabled|requires go >=|NewConnectionError|ConnectTimeout|ReadTimeout|from versions: none|ensurepip is not available/;

module.exports = () => {
  buildServices();
  const tsc = require.resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', path.join(root, 'docs/clients')], { stdio: 'inherit' });
  const clients = {
    ...Object.fromEntries(
      Object.entries(goPrograms).map(([name, module]) => [name, goProgram(name, module)]),
    ),
    python: pythonWithNats(),
  };
  for (const [name, { missing }] of Object.entries(clients)) {
    if (missing) say(`NOT TESTED with ${name}: ${missing}`);
  }
  // The tests run in processes that inherit this.
  process.env.NSE_TEST_CLIENTS = JSON.stringify(clients);
};

function goProgram(name, module) {
  const version = run('go', ['env', 'GOVERSION']);
  if (version.error) return { missing: 'there is no Go on the PATH' };
  const folder = path.join(cache, 'clients', `${name}-${module.split('@')[1]}`);
  return built(folder, name, (into) => {
    say(`building ${module} with ${version.stdout.trim()} into the cache; the first time takes minutes`);
    return run('go', ['install', module], { GOBIN: into, GOFLAGS: '-mod=mod' });
  });
}

function pythonWithNats() {
  if (run('python3', ['--version']).error) return { missing: 'there is no python3 on the PATH' };
  return built(path.join(cache, 'clients', natsPy), 'bin/python', (into) => {
    say(`installing ${natsPy} into the cache`);

    const made = run('python3', ['-m', 'venv', into]);
    if (made.status !== 0) return made;
    return run(path.join(into, 'bin/python'), [
      '-m',
      'pip',
      'install',
      '-q',
      '--require-hashes',
      '-r',
      requirements,
    ]);
  });
}

/** The program in the folder, which is filled elsewhere and renamed when whole. */
function built(folder, program, fill) {
  const file = path.join(folder, program);
  if (existsSync(file)) return { program: file };
  mkdirSync(path.dirname(folder), { recursive: true });
  const fresh = mkdtempSync(`${folder}.`);
  const result = fill(fresh);
  const said = `${result.stdout}${result.stderr}`;
  if (result.status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    if (outOfReach.test(said)) return { missing: said.trim().split('\n').at(-1) };
    throw new Error(
      `${program} could not be built (${result.error ?? result.signal ?? result.status}):\n${said}`,
    );
  }
  // Another run may have been first.
  if (existsSync(file)) rmSync(fresh, { recursive: true, force: true });
  else renameSync(fresh, folder);
  return { program: file };
}

function run(command, args, env = {}) {
  const options = {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: WITHIN_MS,
    maxBuffer: 2 ** 26,
  };
  return spawnSync(command, args, options);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}
