import { fromStruct, type handlers, type messages, toStruct } from '@nse/rpc';
import { decodeArchitecture, latencyCost, macroNetwork, parseLatencyTable, poolNamed } from '@nse/space';
import { parseSpec } from '@nse/spec';
import type { TableContent, Tables } from './tables.js';

/** The gRPC side of the latency-profiler. */
export function latencyProfiler(tables: Tables): handlers.LatencyProfiler {
  return {
    importTable: async ({ name, table }) => tableMessage(name, await tables.import(name, fromStruct(table))),

    getTable: async ({ name }) => {
      const table = await tables.get(name);
      return { table: tableMessage(name, table), content: toStruct(table) };
    },

    listTables: async () => {
      const names = await tables.names();
      const found = await Promise.all(names.map(async (name) => tableMessage(name, await tables.get(name))));
      return { tables: found };
    },

    lookUp: async ({ table, spec: struct, code }) => {
      const spec = parseSpec(fromStruct(struct));
      const network = macroNetwork(spec.network);
      const pool = poolNamed(spec.pool);
      const cost = latencyCost(network, pool, parseLatencyTable(await tables.get(table)));
      return { latency: cost.total(decodeArchitecture(code, network, pool)) };
    },
  };
}

const tableMessage = (name: string, { unit, rows }: TableContent): messages.Table => ({
  name,
  unit,
  entries: rows.length,
});
