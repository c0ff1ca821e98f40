module.exports = {
  ...require('../../jest.base.js'),
  ...require('./jest.transform.js'),
  displayName: 'kubernetes',
};
