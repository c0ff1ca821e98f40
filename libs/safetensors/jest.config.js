module.exports = { ...require('../../jest.base.js'), displayName: 'safetensors' };
