module.exports = { ...require('../../jest.base.js'), displayName: 'latency-profiler' };
