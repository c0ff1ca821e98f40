export * from './logger.js';
export * from './failpoint.js';
