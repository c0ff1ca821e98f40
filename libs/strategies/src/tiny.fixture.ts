import { type CellSets, macroNetwork, macsCost, poolNamed, targetBand } from '@nse/space';

export const network = macroNetwork({
  plan: 'NR',
  depths: [1, 0, 0, 0, 0],
  widths: [16, 16, 16, 16, 16],
  scale: 1,
  stemStride: 1,
  imageSize: 12,
  imageChannels: 1,
  classes: 4,
  tailChannels: 32,
});

export const pool = poolNamed('mac27');
export const cost = macsCost(network, pool);

/** Three operations a cell. */
export const subsets: CellSets = network.cells.map(({ index }) => (index % 2 === 0 ? [0, 9, 12] : [1, 3, 9]));

/** A budget that about half of the architectures of `subsets` keep to. */
export const band = targetBand(250e3, 50e3);

export const space = { network, pool, subsets, cost, band, seed: 1 };
