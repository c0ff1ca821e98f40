module.exports = { ...require('../../jest.base.js'), displayName: 'space-manager' };
