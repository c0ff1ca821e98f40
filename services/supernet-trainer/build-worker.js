// Tests start real workers, which run what the build makes of them.
const { execFileSync } = require('node:child_process');
const path = require('node:path');

module.exports = () => {
  const tsc = require.resolve('typescript/bin/tsc');
  const project = path.join(__dirname, 'tsconfig.build.json');
  execFileSync(process.execPath, [tsc, '-b', project], { stdio: 'inherit' });
};
