module.exports = {
  ...require('../../jest.base.js'),
  ...require('../../libs/kubernetes/jest.transform.js'),
  displayName: 'supernet-trainer',
  // Several processes a test, each of which loads TensorFlow and images.
  testTimeout: 600_000,
  globalSetup: '<rootDir>/build-worker.js',
};
