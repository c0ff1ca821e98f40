// One system at a time: a search takes both cores already.
module.exports = {
  ...require('../../jest.base.js'),
  displayName: 'faults',
  rootDir: __dirname,
  maxWorkers: 1,
  testTimeout: 900_000,
  globalSetup: '<rootDir>/../support/build-services.js',
};
