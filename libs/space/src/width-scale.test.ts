import fc from 'fast-check';
import { decodeArchitecture } from './code.js';
import { macsCost } from './cost.js';
import { macroNetwork, scaledWidth } from './macro.js';
import type { NetworkSpec } from './network.js';
import type { Pool } from './operation.js';
import { poolNamed, POOLS } from './pool.js';
import { PUBLISHED } from './published.js';
import { randomFrom } from './random.js';
import { pathChoices } from './choice.js';
import { drawArchitecture } from './sample.js';
import { networkAt, WidthScales } from './width-scale.js';

const pool = POOLS.mac27;

const widthsAt = ({ widths }: NetworkSpec, scale: number) =>
  widths.map((width) => scaledWidth(width, scale)).join();

/** Small NER networks; widths are often the same on both sides of an E cell, and often nearly so. */
const spec: fc.Arbitrary<NetworkSpec> = fc.record({
  plan: fc.constant('NER' as const),
  depths: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 6, maxLength: 6 }),
  widths: fc.array(fc.integer({ min: 4, max: 32 }), { minLength: 7, maxLength: 7 }),
  scale: fc.constantFrom(0.4, 1, 1.0123, 1.5),
  stemStride: fc.constant(1 as const),
  imageSize: fc.constant(16),
  imageChannels: fc.constant(3),
  classes: fc.constant(10),
  tailChannels: fc.constant(64),
});

function architectureIn(network: NetworkSpec, seed: number) {
  const { cells } = macroNetwork(network);
  const subsets = cells.map((_, cell) => [cell % 27, (cell + 9) % 27]);
  return drawArchitecture(pathChoices(cells, subsets, 'nse'), randomFrom(seed));
}

describe('the scale of widths', () => {
  it.each([
    ['NSENet-27', 330e6, 1.04],
    ['NSENet', 331e6, 1.045],
    ['NSENet-GPU', 1_471_131_648, 1],
  ] as const)(
    'of the published %s follows from its goal, whatever it was searched at',
    (name, goal, scale) => {
      const { network, code, macs, pool: poolName } = PUBLISHED[name];
      const known = poolNamed(poolName);
      for (const searched of [1, network.scale]) {
        const own = { ...network, scale: searched };
        const architecture = decodeArchitecture(code, macroNetwork(own), known);
        const found = new WidthScales(own, known).largestWithin(architecture, goal);
        expect(found?.scale).toBe(scale);
        expect(found?.macs.total(architecture)).toBe(macs);
      }
    },
  );

  it('is the largest at which the architecture costs no more, of all that leave its cells what they are', () => {
    fc.assert(
      fc.property(spec, fc.integer(), fc.double({ min: 0.3, max: 3, noNaN: true }), (own, seed, factor) => {
        const base = macroNetwork(own);
        const architecture = architectureIn(own, seed);
        const most = macsCost(base, pool).total(architecture) * factor;
        const scales = new WidthScales(own, pool);
        const found = scales.largestWithin(architecture, most);
        const grid = [...Array.from({ length: 16 * 200 }, (_, step) => (step + 1) / 200), own.scale];
        const byWidths = new Map(grid.map((scale) => [widthsAt(own, scale), scale]));
        const all = [...byWidths.values()]
          .map((scale) => macroNetwork({ ...own, scale }))
          .filter(({ cells }) => cells.every(({ identity }, cell) => identity === base.cells[cell]?.identity))
          .map((network) => macsCost(network, pool).total(architecture))
          .filter((cost) => cost <= most);
        expect(found?.macs.total(architecture)).toBe(all.length === 0 ? undefined : Math.max(...all));
        if (found === undefined) return;
        expect(macroNetwork({ ...own, scale: found.scale })).toEqual(found.network);
        expect(found.network.cells.map(({ identity }) => identity)).toEqual(
          base.cells.map(({ identity }) => identity),
        );
        expect(scales.narrowest().macs.total(architecture)).toBeLessThanOrEqual(
          found.macs.total(architecture),
        );
      }),
      { numRuns: 10 },
    );
  });

  it('is found for every goal that some width meets exactly', () => {
    const { network: own, code } = PUBLISHED['NSENet-27'];
    const architecture = decodeArchitecture(code, macroNetwork(own), pool);
    const scales = new WidthScales(own, pool);
    for (let step = 180; step <= 230; step++) {
      const goal = macsCost(macroNetwork({ ...own, scale: step / 200 }), pool).total(architecture);
      expect(scales.largestWithin(architecture, goal)?.macs.total(architecture)).toBe(goal);
    }
  });

  it("is the spec's own where that gives the same widths", () => {
    const own = { ...PUBLISHED['NSENet-27'].network, scale: 1.041 };
    const { code } = PUBLISHED['NSENet-27'];
    const architecture = decodeArchitecture(code, macroNetwork(own), pool);
    expect(new WidthScales(own, pool).largestWithin(architecture, 330e6)?.scale).toBe(1.041);
  });

  it('is never one at which channels do not divide into the groups of an operation', () => {
    const grouped: Pool = {
      name: 'grouped',
      operations: [
        { kind: 'MBConv', kernel: 3, expansion: 1, dilation: 1, groups: [16, 16] },
        { kind: 'MBConv', kernel: 3, expansion: 3, dilation: 1, groups: [1, 1] },
      ],
    };
    const own: NetworkSpec = {
      plan: 'NR',
      depths: [0, 0, 0, 0, 1],
      widths: [16, 32, 64, 64, 64],
      scale: 1,
      stemStride: 1,
      imageSize: 32,
      imageChannels: 3,
      classes: 10,
      tailChannels: 64,
    };
    const architecture = decodeArchitecture('1.1.1.1.1', macroNetwork(own), grouped);
    const scales = new WidthScales(own, grouped);
    const costs = [0.4, 0.7, 1.2, 1.6, 2.3].map((factor) => {
      const found = scales.largestWithin(
        architecture,
        factor * macsCost(macroNetwork(own), grouped).total(architecture),
      );
      const widths = found?.network.cells.map(({ outChannels }) => outChannels) ?? [];
      expect(widths.every((width) => width % 16 === 0)).toBe(true);
      return found?.macs.total(architecture) ?? 0;
    });
    expect(costs).toEqual(costs.toSorted((a, b) => a - b));
    expect(new Set(costs).size).toBeGreaterThan(2);
    expect(scales.narrowest().network.cells.every(({ outChannels }) => outChannels % 16 === 0)).toBe(true);
  });

  it('is none where the architecture costs more at every width', () => {
    const { network, code } = PUBLISHED['NSENet-27'];
    const architecture = decodeArchitecture(code, macroNetwork(network), pool);
    expect(new WidthScales(network, pool).largestWithin(architecture, 1e6)).toBeUndefined();
  });
});

describe('a network at another scale', () => {
  const { network } = PUBLISHED['NSENet-27'];

  it('is the one of the spec with that scale, or as it is', () => {
    expect(networkAt(network, undefined)).toEqual(macroNetwork(network));
    expect(networkAt(network, 0.5)).toEqual(macroNetwork({ ...network, scale: 0.5 }));
  });

  it.each([0, -1, 16.001, Number.NaN, Number.POSITIVE_INFINITY])('is refused for %d', (scale) => {
    expect(() => networkAt(network, scale)).toThrow(`got ${scale}; needs more than 0, at most 16`);
  });
});
