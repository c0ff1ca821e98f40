// One file at a time: the times of one would disturb the other's.
module.exports = {
  ...require('../../jest.base.js'),
  displayName: 'phone',
  rootDir: __dirname,
  maxWorkers: 1,
  testTimeout: 300_000,
  globalSetup: '<rootDir>/set-up.js',
};
