// Two searches at a time: each is a thread that trains, and services that wait for it.
module.exports = {
  ...require('../../jest.base.js'),
  displayName: 'local',
  rootDir: __dirname,
  maxWorkers: 2,
  testTimeout: 600_000,
  globalSetup: '<rootDir>/../support/build-services.js',
};
