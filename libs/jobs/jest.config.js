module.exports = {
  ...require('../../jest.base.js'),
  ...require('../kubernetes/jest.transform.js'),
  displayName: 'jobs',
  globalSetup: '<rootDir>/build-fixtures.js',
};
