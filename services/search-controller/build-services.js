// The services that these tests start are what the build makes of them.
const { execFileSync } = require('node:child_process');
const path = require('node:path');

module.exports = () => {
  const tsc = require.resolve('typescript/bin/tsc');
  const projects = ['space-manager', 'search-controller'].map((name) =>
    path.join(__dirname, '..', name, 'tsconfig.build.json'),
  );
  execFileSync(process.execPath, [tsc, '-b', ...projects], { stdio: 'inherit' });
};
