export type * from './graph.js';
