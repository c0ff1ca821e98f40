import type { Tables } from '../tables.js';
import { buildTableFor } from './build-table.js';
import { measureArchitectures } from './measure-architectures.js';
import type { Perform } from './queue.js';

/** Does the work of any job, but for saying that it is done. */
export const performWith =
  (tables: Tables): Perform =>
  async (claim, device, signal) => {
    const { request } = claim.job;
    if (request.kind === 'measurement') await measureArchitectures(claim, request, device, signal);
    else await buildTableFor(claim, request, device, tables, signal);
  };
