const base = require('../../jest.base.js');

// The Kubernetes client and what it stands on are ES modules, which jest must turn into CommonJS.
const modules = ['@kubernetes/client-node', 'openid-client', 'oauth4webapi', 'jose'];
const [typescript] = Object.values(base.transform);

module.exports = {
  ...base,
  displayName: 'cli',
  globalSetup: '<rootDir>/build-fixtures.js',
  transform: { ...base.transform, '^.+\\.js$': typescript },
  transformIgnorePatterns: [`/node_modules/(?!(${modules.join('|')})/)`],
};
