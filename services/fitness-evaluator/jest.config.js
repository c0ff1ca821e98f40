module.exports = { ...require('../../jest.base.js'), displayName: 'fitness-evaluator' };
