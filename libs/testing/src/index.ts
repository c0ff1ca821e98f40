export { expectedIds } from './expected-ids.js';
export { latencyTableFor } from './latency-table.js';
export { tinyFields, tinySpec } from './tiny.js';
