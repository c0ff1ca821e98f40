module.exports = { ...require('../../jest.base.js'), displayName: 'golden', rootDir: __dirname };
