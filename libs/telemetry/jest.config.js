module.exports = {
  ...require('../../jest.base.js'),
  displayName: 'telemetry',
  globalSetup: '<rootDir>/build-fixtures.js',
};
