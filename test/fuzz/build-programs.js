// The services that are called run in processes of their own, from what the build makes of them.
const { execFileSync } = require('node:child_process');
const path = require('node:path');

module.exports = () => {
  const tsc = require.resolve('typescript/bin/tsc');
  const projects = ['bench', 'services/latency-profiler'].map((folder) =>
    path.join(__dirname, '../..', folder, 'tsconfig.build.json'),
  );
  execFileSync(process.execPath, [tsc, '-b', ...projects], { stdio: 'inherit' });
};
