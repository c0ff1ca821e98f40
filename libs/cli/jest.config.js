const base = require('../../jest.base.js');

module.exports = {
  ...base,
  ...require('../kubernetes/jest.transform.js'),
  displayName: 'cli',
  globalSetup: '<rootDir>/build-fixtures.js',
};
