// Has the checkers that others wrote in the cache, pinned: kustomize, kube-score, Kubernetes' rules of Pod Security, its schemas.
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { goBuilt, goProgram, pythonWith, run } = require('../support/programs.js');

/** Newest versions that the Go of the day builds. */
const goPrograms = {
  kustomize: 'sigs.k8s.io/kustomize/kustomize/v5@v5.8.1',
  'kube-score': 'github.com/zegl/kube-score/cmd/kube-score@v1.20.0',
};
const podSecurity = path.join(__dirname, 'pod-security');
const requirements = path.join(__dirname, 'requirements.txt');

module.exports = () => {
  const checkers = {
    ...Object.fromEntries(
      Object.entries(goPrograms).map(([name, module]) => [name, goProgram('checkers', name, module)]),
    ),
    'pod-security': ownProgram(),
    schemas: pythonWith(
      'checkers',
      `schemas-${hashOf([requirements])}`,
      requirements,
      '--only-binary',
      ':all:',
    ),
  };
  for (const [name, { missing }] of Object.entries(checkers)) {
    if (missing) process.stderr.write(`NOT CHECKED with ${name}: ${missing}\n`);
  }
  // The tests run in processes that inherit this.
  process.env.NSE_TEST_CHECKERS = JSON.stringify(checkers);
};

function ownProgram() {
  const sources = ['main.go', 'go.mod', 'go.sum'].map((name) => path.join(podSecurity, name));
  return goBuilt('checkers', `pod-security-${hashOf(sources)}`, 'pod-security', (into) =>
    run('go', ['build', '-mod=readonly', '-trimpath', '-o', path.join(into, 'pod-security'), '.'], {
      cwd: podSecurity,
    }),
  );
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}
