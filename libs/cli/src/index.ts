export { datasetOf } from './commands/demo-report.js';
export { connect, type System } from './connect.js';
export { followSearch } from './follow.js';
export { LiveView, type Terminal } from './live.js';
export { type Endpoints, LocalRuntime, type LocalOptions, serviceNames } from './local/runtime.js';
export { downloadModel, exportArchitecture } from './model.js';
export { repositoryRoot } from './paths.js';
export { execute, run } from './program.js';
export { reportOf } from './report-data.js';
