module.exports = {
  ...require('../../jest.base.js'),
  ...require('../../libs/kubernetes/jest.transform.js'),
  displayName: 'search-controller',
  globalSetup: '<rootDir>/build-services.js',
};
