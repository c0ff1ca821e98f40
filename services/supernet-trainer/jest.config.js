module.exports = {
  ...require('../../jest.base.js'),
  ...require('../../libs/kubernetes/jest.transform.js'),
  displayName: 'supernet-trainer',
  globalSetup: '<rootDir>/build-worker.js',
};
