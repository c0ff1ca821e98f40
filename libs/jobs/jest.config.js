module.exports = {
  ...require('../../jest.base.js'),
  displayName: 'jobs',
  globalSetup: '<rootDir>/build-fixtures.js',
};
