// One test file at a time: each trains or runs networks on both cores.
module.exports = {
  ...require('../../jest.base.js'),
  displayName: 'export-test',
  rootDir: __dirname,
  maxWorkers: 1,
  globalSetup: '<rootDir>/set-up.js',
};
