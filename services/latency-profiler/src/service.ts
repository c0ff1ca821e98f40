import type { Bus } from '@nse/messaging';
import { fromStruct, type handlers, type messages, toStruct } from '@nse/rpc';
import { pageOf, specOfSearch } from '@nse/service';
import {
  decodeArchitecture,
  latencyCost,
  macroNetwork,
  NseError,
  parseLatencyTable,
  poolNamed,
} from '@nse/space';
import { parseSpec, type SearchSpec } from '@nse/spec';
import type { TableContent, Tables } from './tables.js';

/** The gRPC side of the latency-profiler. */
export function latencyProfiler(bus: Bus, tables: Tables): handlers.LatencyProfiler {
  return {
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
      const pool = poolNamed(spec.pool);
      const table = parseLatencyTable(await tables.get(name, 'table'));
      const cost = latencyCost(network, pool, table);
      return { latency: cost.total(decodeArchitecture(code, network, pool)), unit: table.unit };
    },
  };
}

/** The spec that was given, or that of the search. Raises INVALID_ARGUMENT unless it is exactly one of both. */
async function specOf(bus: Bus, { spec, search }: messages.LookUpRequest__Output): Promise<SearchSpec> {
  const written = fromStruct(spec);
  const isGiven = Object.keys(written).length > 0;
  if (isGiven === (search !== '')) {
    const message = isGiven ? 'give a spec or a search, not both' : 'give a spec or a search';
    throw new NseError('INVALID_ARGUMENT', message, { field: 'search' });
  }
  return isGiven ? parseSpec(written) : await specOfSearch(bus, search);
}

const tableMessage = (name: string, { unit, rows }: TableContent): messages.Table => ({
  name,
  unit,
  entries: rows.length,
});
