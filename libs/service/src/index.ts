export { costOfSearch, tablesBucket } from './cost.js';
export { roundOrLast } from './round-number.js';
export { type ReadyMessage, runService, type ServiceContext } from './run-service.js';
export { type TaskReport, taskReport } from './task-report.js';
export { taskResult, taskResults } from './task-result.js';
