// Brings the runtimes that read our files into the cache: LiteRT's interpreter, and PyTorch as the bench has it.
const path = require('node:path');
const { pythonByScript, pythonWith } = require('../support/programs.js');

const peer = path.join(__dirname, '../../bench/peer/install.py');

module.exports = () => {
  const runtimes = {
    litert: pythonWith('runtimes', 'ai-edge-litert-2.3.0', path.join(__dirname, 'requirements.txt')),
    pytorch: pythonByScript(peer, 'bench-venv'),
  };
  for (const [name, { missing }] of Object.entries(runtimes)) {
    if (missing) process.stderr.write(`NOT TESTED with ${name}: ${missing}\n`);
  }
  // The tests run in processes that inherit this.
  process.env.NSE_TEST_RUNTIMES = JSON.stringify(runtimes);
};
