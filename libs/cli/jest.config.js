module.exports = {
  ...require('../../jest.base.js'),
  displayName: 'cli',
  globalSetup: '<rootDir>/build-fixtures.js',
};
