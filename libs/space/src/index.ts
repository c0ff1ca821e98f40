export type * from './operation.js';
export type * from './network.js';
export type * from './architecture.js';
export type * from './random.js';
export * from './error.js';
