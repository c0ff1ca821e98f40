import type { Graph } from '@nse/export';
import { macroNetwork, type PartEntry, requiredEntries } from '@nse/space';
import { parseSpec, poolOf, presetNamed } from '@nse/spec';
import { graphsInNetworks } from './whole-context.js';

const spec = parseSpec(presetNamed('fashion-mnist'));
const network = macroNetwork(spec.network);
const pool = poolOf(spec);
const trust = { architectures: 60, seed: 1, subsetSize: 5, method: 'nse' } as const;
const networks = { network, pool, trust };
const operations = requiredEntries(network, pool).flatMap(({ entry }) =>
  entry.kind === 'operation' ? [entry] : [],
);

const entryOf = (kind: string, kernel: number, expansion: number, outChannels: number) =>
  operations.find(
    ({ operation, ...of }) =>
      operation.kind === kind &&
      operation.kernel === kernel &&
      operation.expansion === expansion &&
      of.outChannels === outChannels,
  ) as PartEntry & { readonly kind: 'operation' };

const convolutions = (graph: Graph | undefined) => graph?.nodes.filter(({ kind }) => kind === 'conv') ?? [];
const additions = (graph: Graph | undefined) => graph?.nodes.filter(({ kind }) => kind === 'add') ?? [];

describe('an operation with many weights', () => {
  it('is measured as one more branch of whole random networks, with one addition', () => {
    const graphs = graphsInNetworks(entryOf('Rectangular', 7, 4, 96), networks, 1) ?? [];
    expect(graphs).toHaveLength(6);
    for (const first of [0, 2, 4]) {
      const [without, together] = [graphs[first], graphs[first + 1]];
      // expand, row, column, project
      expect(convolutions(together).length - convolutions(without).length).toBe(4);
      expect(additions(together).length - additions(without).length).toBe(1);
    }
    const sizes = new Set(graphs.map(({ nodes }) => nodes.length));
    expect(sizes.size).toBeGreaterThan(2);
  });

  it('is measured in other networks in the second pass', () => {
    const [first, second] = ([1, 2] as const).map((pass) =>
      graphsInNetworks(entryOf('Rectangular', 7, 4, 96), networks, pass)?.map((graph) =>
        JSON.stringify(graph),
      ),
    );
    expect(second).toHaveLength(6);
    for (const graph of second!) expect(first).not.toContain(graph);
  });

  it('is one whose weights caches cannot hold several times', () => {
    expect(graphsInNetworks(entryOf('MBConv', 11, 6, 96), networks, 1)).toBeUndefined();
    expect(graphsInNetworks(entryOf('Rectangular', 5, 4, 48), networks, 1)).toBeUndefined();
  });
});
