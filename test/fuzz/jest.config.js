module.exports = {
  ...require('../../jest.base.js'),
  displayName: 'fuzz',
  rootDir: __dirname,
  globalSetup: '<rootDir>/build-programs.js',
};
