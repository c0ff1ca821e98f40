export { costOfSearch, tablesBucket } from './cost.js';
