import { macroNetwork, POOLS } from '@nse/space';
import { architectureReport, networkReport, poolReport } from './architecture.js';

/** NSENet-27 as published; its cost is on the algorithm page. */
const NSENET_27 = '0.6.3.0.16.3.9.11,17.2,9.12.1,6.9,12.9.14,17.21.3.13.3,14,19';
const network = macroNetwork({
  plan: 'NER',
  depths: [1, 2, 2, 2, 2, 3],
  widths: [16, 24, 40, 80, 96, 192, 320],
  scale: 1.04,
  stemStride: 2,
  imageSize: 224,
  imageChannels: 3,
  classes: 1000,
  tailChannels: 1024,
});

describe('architectureReport', () => {
  const report = architectureReport(NSENET_27, network, POOLS.mac27);
  const { stem, cells, tail } = networkReport(network, POOLS.mac27);

  it('gives NSENet-27 the MACs that are known of it', () => {
    expect(report.macs).toBe(326_326_224);
  });

  it('splits MACs and parameters into stem, cells and tail without a rest', () => {
    for (const count of ['macs', 'params'] as const) {
      const sum = report.cells.reduce((total, cell) => total + cell[count], stem[count] + tail[count]);
      expect(sum).toBe(report[count]);
    }
    expect(report.cells).toHaveLength(cells.length);
  });

  it('refuses a code of another network', () => {
    expect(() => architectureReport('0.1', network, POOLS.mac27)).toThrow(/cells/);
  });

  it('names the pool by index', () => {
    expect(poolReport(POOLS.mac27).operations[11]).toBe('MBConv k5 t6');
  });
});
