import { layerMacs, layersOf, macroNetwork, tailLayer } from '@nse/space';
import { poolOf, type SearchSpec } from '@nse/spec';

type Pair = readonly [number, number];
type Row = readonly (number | Pair)[];

const columns = [
  'hw',
  'c_in',
  'c_out',
  'kernel',
  'stride',
  'padding',
  'dilation',
  'group',
  'type_code',
  'exec_time',
];
const CONVOLUTION = 1;
const POOL = 3;
const ADDITION = 4;
const LINEAR = 5;

/** A latency table with every layer that an architecture of the spec may have, as if a device did 1 GMAC in a second. */
export function latencyTableFor(spec: SearchSpec): { unit: string; columns: string[]; rows: Row[] } {
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);
  const tail = tailLayer(network);
  const layers = network.cells.flatMap(({ inChannels, outChannels, stride, sizeIn: size }) =>
    pool.operations.flatMap((operation) => layersOf(operation, { inChannels, outChannels, stride, size })),
  );
  const convolutions = [tail, ...layers].map((layer): Row => {
    const { sizeIn, inChannels, outChannels, kernel, stride, padding, dilation, groups } = layer;
    const ms = layerMacs(layer) / 1e6;
    return [sizeIn, inChannels, outChannels, kernel, stride, padding, dilation, groups, CONVOLUTION, ms];
  });
  const additions = network.cells.map(({ sizeOut, outChannels }): Row => {
    return [sizeOut, outChannels, outChannels, 0, 0, 0, 0, 0, ADDITION, 0.001];
  });
  const side = tail.sizeOut[0];
  const rows: Row[] = [
    ...convolutions,
    ...additions,
    [side, tail.outChannels, tail.outChannels, side, 1, 0, 1, 1, POOL, 0.002],
    [1, tail.outChannels, network.classes, 0, 0, 0, 0, 0, LINEAR, 0.003],
  ];
  return { unit: 'ms', columns, rows };
}
