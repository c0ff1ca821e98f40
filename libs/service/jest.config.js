module.exports = {
  ...require('../../jest.base.js'),
  displayName: 'service',
  globalSetup: '<rootDir>/build-fixtures.js',
};
