// One search at a time: it takes both cores already.
module.exports = {
  ...require('../../jest.base.js'),
  displayName: 'clients',
  rootDir: __dirname,
  maxWorkers: 1,
  testTimeout: 300_000,
  globalSetup: '<rootDir>/set-up.js',
};
