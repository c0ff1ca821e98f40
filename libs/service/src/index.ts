export { costOfSearch, tablesBucket } from './cost.js';
export { searchesBucket, unlessHalted } from './halting.js';
export { pageOf } from './page.js';
export { roundOrLast } from './round-number.js';
export { type ReadyMessage, runService, type ServiceContext } from './run-service.js';
export { type TaskReport, taskReport } from './task-report.js';
export { taskResult, taskResults } from './task-result.js';
export { startSweeping } from './sweeping.js';
export { type StageOptions, startStage } from './stage.js';
export { merged } from './merged.js';
export { type RequestOptions, startRequests } from './request-work.js';
export {
  type Done,
  requestEvents,
  requestId,
  askedAgain,
  requestOf,
  type RequestRecord,
  requestsOf,
  type Requested,
} from './requests.js';
export { specOfSearch } from './search-spec.js';
