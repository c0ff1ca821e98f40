// One search at a time: each takes both cores already.
module.exports = {
  ...require('../../jest.base.js'),
  displayName: 'replicas',
  rootDir: __dirname,
  maxWorkers: 1,
  testTimeout: 900_000,
  globalSetup: '<rootDir>/../support/build-services.js',
};
