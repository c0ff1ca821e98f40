export { bounded, callMs, ifFound, messageOf, statusOf } from './call.js';
export type { Plain } from './plain.js';
export { type ChangeType, keepWatching, type Watched, type WatchedObject, watchOnce } from './watch.js';
