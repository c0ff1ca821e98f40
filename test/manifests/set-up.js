// Has the checkers that others wrote in the cache, pinned: kustomize, kube-score, Kubernetes' rules of Pod Security, its schemas.
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } = require('node:fs');
const { homedir } = require('node:os');
const path = require('node:path');

const cache =
  process.env.NSE_CACHE ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'nse');
/** The first build of a checker compiles hundreds of packages. */
const WITHIN_MS = 15 * 60_000;

/** Newest versions that the Go of the day builds. */
const goPrograms = {
  kustomize: 'sigs.k8s.io/kustomize/kustomize/v5@v5.8.1',
  'kube-score': 'github.com/zegl/kube-score/cmd/kube-score@v1.20.0',
};
const podSecurity = path.join(__dirname, 'pod-security');
const requirements = path.join(__dirname, 'requirements.txt');

/** What tells that there is no way to the modules or packages, or no tool for them, from a build that is broken. */
const outOfReach =
  /dial tcp|no such host|i\/o timeout|connection re(fused|set)|TLS handshake|network is unreachable|GOPROXY list is not|module lookup disabled|requires go >=|NewConnectionError|ConnectTimeout|ReadTimeout|from versions: none|ensurepip is not available/;

module.exports = () => {
  const checkers = {
    ...Object.fromEntries(
      Object.entries(goPrograms).map(([name, module]) => [name, installed(name, module)]),
    ),
    'pod-security': ownProgram(),
    schemas: pythonWithSchemas(),
  };
  for (const [name, { missing }] of Object.entries(checkers)) {
    if (missing) process.stderr.write(`NOT CHECKED with ${name}: ${missing}\n`);
  }
  // The tests run in processes that inherit this.
  process.env.NSE_TEST_CHECKERS = JSON.stringify(checkers);
};

const noGo = () =>
  run('go', ['env', 'GOVERSION']).error ? { missing: 'there is no Go on the PATH' } : undefined;

function installed(name, module) {
  return (
    noGo() ??
    built(`${name}-${module.split('@')[1]}`, name, (into) =>
      run('go', ['install', module], { env: { GOBIN: into, GOFLAGS: '-mod=mod' } }),
    )
  );
}

function ownProgram() {
  return (
    noGo() ??
    built(
      `pod-security-${hashOf(['main.go', 'go.mod', 'go.sum'].map((name) => path.join(podSecurity, name)))}`,
      'pod-security',
      (into) =>
        run('go', ['build', '-mod=readonly', '-trimpath', '-o', path.join(into, 'pod-security'), '.'], {
          cwd: podSecurity,
        }),
    )
  );
}

function pythonWithSchemas() {
  if (run('python3', ['--version']).error) return { missing: 'there is no python3 on the PATH' };
  return built(`schemas-${hashOf([requirements])}`, 'bin/python', (into) => {
    const made = run('python3', ['-m', 'venv', into]);
    if (made.status !== 0) return made;
    const install = [
      '-m',
      'pip',
      'install',
      '-q',
      '--require-hashes',
      '--only-binary',
      ':all:',
      '-r',
      requirements,
    ];
    return run(path.join(into, 'bin/python'), install);
  });
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}

/** The program in a folder of the cache, which is filled elsewhere and renamed when whole. */
function built(name, program, fill) {
  const folder = path.join(cache, 'checkers', name);
  const file = path.join(folder, program);
  if (existsSync(file)) return { program: file };
  mkdirSync(path.dirname(folder), { recursive: true });
  const fresh = mkdtempSync(`${folder}.`);
  process.stderr.write(`building ${name} into the cache; the first time takes minutes\n`);
  const result = fill(fresh);
  const said = `${result.stdout}${result.stderr}`;
  if (result.status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    if (outOfReach.test(said)) return { missing: said.trim().split('\n').at(-1) };
    throw new Error(
      `${name} could not be built (${result.error ?? result.signal ?? result.status}):\n${said}`,
    );
  }
  // Another run may have been first.
  if (existsSync(file)) rmSync(fresh, { recursive: true, force: true });
  else renameSync(fresh, folder);
  return { program: file };
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
