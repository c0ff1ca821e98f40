export * from './logger.js';
export * from './failpoint.js';
export { metrics, registry } from './metrics.js';
export { type MetricsPort, serveMetrics } from './serve-metrics.js';
export { onScrape } from './scrape.js';
