// Tests run on the sources, not on build output: `@nse/x` maps to libs/x/src. swc drops the types; `nx typecheck` checks them.
const path = require('node:path');

// nx forces colours on what it runs. Tests read what programs print, so for them it must be as in a pipe.
delete process.env.FORCE_COLOR;

// Read by TensorFlow from the real environment when it loads, which tests cannot change any more: jest gives them a copy.
process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';
process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';

module.exports = {
  testEnvironment: 'node',
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: false } },
        module: { type: 'commonjs' },
      },
    ],
  },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^@nse/([a-z-]+)$': path.join(__dirname, 'libs/$1/src/index.ts'),
  },
  testTimeout: 240_000,
};
