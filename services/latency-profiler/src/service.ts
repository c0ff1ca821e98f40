import { fromStruct, type handlers, toStruct } from '@nse/rpc';
import { pageOf } from '@nse/service';
import { decodeArchitecture, latencyCost, macroNetwork, parseLatencyTable } from '@nse/space';
import { poolOf, retrainedPool } from '@nse/spec';
import { deviceCalls } from './calls/devices.js';
import { jobCalls } from './calls/jobs.js';
import type { Profiler } from './profiler.js';
import { specOf } from './requested.js';
import { tableMessage } from './table-messages.js';

/** The gRPC side of the latency-profiler. */
export function latencyProfiler(profiler: Profiler): handlers.LatencyProfiler {
  const { bus, tables } = profiler;
  return {
    ...deviceCalls(profiler),
    ...jobCalls(profiler),

    importTable: async ({ name, table }) => tableMessage(name, await tables.import(name, fromStruct(table))),

    getTable: async ({ name }) => {
      const table = await tables.get(name);
      return { table: tableMessage(name, table), content: toStruct(table) };
    },

    listTables: async ({ pageSize, pageToken }) => {
      const { items: names, next } = pageOf(await tables.names(), (name) => name, pageSize, pageToken);
      const found = await Promise.all(names.map(async (name) => tableMessage(name, await tables.get(name))));
      return { tables: found, nextPageToken: next };
    },

    lookUp: async (request) => {
      const { table: name, code } = request;
      const spec = await specOf(bus, request);
      const network = macroNetwork(spec.network);
      const table = parseLatencyTable(await tables.get(name, 'table'));
      const plain = poolOf(spec);
      // Operations were measured as they are deployed; layers say nothing of what retraining adds.
      const pool = table.kind === 'layers' ? plain : retrainedPool(plain, spec.retrain);
      const cost = latencyCost(network, pool, table);
      return { latency: cost.total(decodeArchitecture(code, network, pool)), unit: table.unit };
    },
  };
}
