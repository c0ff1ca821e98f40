export { costOfSearch, tablesBucket } from './cost.js';
export { type ReadyMessage, runService, type ServiceContext } from './run-service.js';
export { taskResult, taskResults } from './task-result.js';
