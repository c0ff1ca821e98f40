const base = require('../../jest.base.js');

// The Kubernetes client and what it stands on are ES modules, which jest must turn into CommonJS.
const modules = ['@kubernetes/client-node', 'openid-client', 'oauth4webapi', 'jose'];
const [typescript] = Object.values(base.transform);

/** What jest needs to load the client, for every project that does. */
module.exports = {
  transform: { ...base.transform, '^.+\\.js$': typescript },
  transformIgnorePatterns: [`/node_modules/(?!(${modules.join('|')})/)`],
};
