// The processes that the load runs in are what the build makes of them.
const { execFileSync } = require('node:child_process');
const path = require('node:path');

module.exports = () => {
  const tsc = require.resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-b', path.join(__dirname, 'tsconfig.build.json')], {
    stdio: 'inherit',
  });
};
