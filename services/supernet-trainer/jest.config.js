module.exports = { ...require('../../jest.base.js'), displayName: 'supernet-trainer' };
