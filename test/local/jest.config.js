// One search at a time: each takes both cores already.
module.exports = {
  ...require('../../jest.base.js'),
  displayName: 'local',
  rootDir: __dirname,
  maxWorkers: 1,
  testTimeout: 300_000,
  globalSetup: '<rootDir>/../support/build-services.js',
};
