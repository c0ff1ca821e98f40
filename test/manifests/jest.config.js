module.exports = {
  ...require('../../jest.base.js'),
  displayName: 'manifests',
  rootDir: __dirname,
  globalSetup: '<rootDir>/set-up.js',
};
