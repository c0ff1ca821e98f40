// Builds the services, the clients that others wrote, pinned, into the cache, and our own example in TypeScript.
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const buildServices = require('../support/build-services.js');
const { goProgram, pythonWith } = require('../support/programs.js');

const root = path.join(__dirname, '../..');

/** Newest versions that the Go of the day builds. */
const goPrograms = {
  grpcurl: 'github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.3',
  nats: 'github.com/nats-io/natscli/nats@v0.5.1',
};
const requirements = path.join(root, 'docs/clients/requirements.txt');
const natsPy = 'nats-py-2.16.0';

module.exports = () => {
  buildServices();
  const tsc = require.resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', path.join(root, 'docs/clients')], { stdio: 'inherit' });
  const clients = {
    ...Object.fromEntries(
      Object.entries(goPrograms).map(([name, module]) => [name, goProgram('clients', name, module)]),
    ),
    python: pythonWith('clients', natsPy, requirements),
  };
  for (const [name, { missing }] of Object.entries(clients)) {
    if (missing) process.stderr.write(`NOT TESTED with ${name}: ${missing}\n`);
  }
  // The tests run in processes that inherit this.
  process.env.NSE_TEST_CLIENTS = JSON.stringify(clients);
};
