module.exports = {
  ...require('../jest.base.js'),
  displayName: 'bench',
  globalSetup: '<rootDir>/build-programs.js',
};
