import { layerMacs, layersOf, macroNetwork, poolNamed, tailLayer } from '@nse/space';
import { parseSpec, type SearchSpec } from '@nse/spec';

/** The table of the specs that have a latency constraint. */
export const tableName = 'faults-device';

/** A search on a few images of Fashion-MNIST with a network of four to six narrow cells: a second or two a stage. */
const written = {
  name: 'faults',
  seed: 7,
  dataset: { kind: 'fashion-mnist', train: 1_000, heldOut: 500 },
  network: {
    plan: 'NR',
    depths: [0, 1, 0, 1, 0],
    widths: [8, 8, 16, 16, 24],
    stemStride: 2,
    tailChannels: 32,
  },
  rounds: 2,
  constraint: { macs: { target: 0.35e6, drift: 0.1e6 } },
  train: { epochs: 0.6, batchSize: 50, threads: 1, checkpointSteps: 4, learningRate: { warmupEpochs: 0.1 } },
  fitness: { batchSize: 50 },
  evaluate: { architectures: 12, extra: 2, calibrationBatches: 2, batchSize: 100, images: 200 },
  retrain: { epochs: 1, batchSize: 50, threads: 1, checkpointSteps: 5, learningRate: { warmupEpochs: 0.1 } },
};

/** The kinds of search that the campaign disturbs. */
export const specs: Readonly<Record<string, SearchSpec>> = {
  nse: parseSpec(written),
  single: parseSpec({ ...written, method: 'nse-single' }),
  latency: parseSpec({
    ...written,
    constraint: { latency: { table: tableName, targetMs: 0.35, driftMs: 0.1 } },
  }),
  // One round and one model, for what has to be shown only once.
  short: parseSpec({ ...written, rounds: 1, retrain: { ...written.retrain, compareRandom: false } }),
};

/** The search with some fields in place of its own. Raises INVALID_ARGUMENT where that is no sound spec. */
export function specWith(changes: Readonly<Record<string, unknown>>): SearchSpec {
  return parseSpec({ ...written, ...changes });
}

type Row = readonly (number | readonly [number, number])[];

const [CONVOLUTION, POOL, ADDITION, LINEAR] = [1, 3, 4, 5];

/** A latency table with every layer that an architecture of the spec may have, as if a device did 1 GMAC in a second. */
export function latencyTable(spec: SearchSpec): Record<string, unknown> {
  const network = macroNetwork(spec.network);
  const tail = tailLayer(network);
  const layers = network.cells.flatMap(({ inChannels, outChannels, stride, sizeIn: size }) =>
    poolNamed(spec.pool).operations.flatMap((operation) =>
      layersOf(operation, { inChannels, outChannels, stride, size }),
    ),
  );
  const rows: Row[] = [tail, ...layers].map((layer) => {
    const { sizeIn, inChannels, outChannels, kernel, stride, padding, dilation, groups } = layer;
    const shape = [inChannels, outChannels, kernel, stride, padding, dilation, groups];
    return [sizeIn, ...shape, CONVOLUTION, layerMacs(layer) / 1e6];
  });
  for (const { sizeOut, outChannels } of network.cells) {
    rows.push([sizeOut, outChannels, outChannels, 0, 0, 0, 0, 0, ADDITION, 0.001]);
  }
  const side = tail.sizeOut[0];
  rows.push([side, tail.outChannels, tail.outChannels, side, 1, 0, 1, 1, POOL, 0.002]);
  rows.push([1, tail.outChannels, network.classes, 0, 0, 0, 0, 0, LINEAR, 0.003]);
  const names = 'hw c_in c_out kernel stride padding dilation group type_code exec_time';
  return { unit: 'ms', columns: names.split(' '), rows };
}
