// The real adb, and a Python with LiteRT's interpreter, which stands behind benchmark_model; both from the cache.
const path = require('node:path');
const { debianProgram } = require('../support/debian-program.js');
const { pythonWith } = require('../support/programs.js');

module.exports = () => {
  const programs = {
    adb: debianProgram('adb', 'usr/lib/android-sdk/platform-tools/adb'),
    // As in test/export, which holds what is needed of it to hashes.
    litert: pythonWith(
      'runtimes',
      'ai-edge-litert-2.3.0',
      path.join(__dirname, '../export/requirements.txt'),
    ),
  };
  for (const [name, { missing }] of Object.entries(programs)) {
    if (missing) process.stderr.write(`NOT TESTED with ${name}: ${missing}\n`);
  }
  // The tests run in processes that inherit this.
  process.env.NSE_TEST_PHONE_PROGRAMS = JSON.stringify(programs);
};
