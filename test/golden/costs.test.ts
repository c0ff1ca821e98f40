import {
  type Architecture,
  type Cost,
  decodeArchitecture,
  latencyCost,
  type MacroNetwork,
  macroNetwork,
  macsCost,
  type NetworkSpec,
  parameters,
  parseLatencyTable,
  poolNamed,
  PUBLISHED,
} from '@nse/space';

import { readGolden, readLatencyTable } from './golden.js';

interface Macro {
  readonly pool: string;
  readonly plan: NetworkSpec['plan'];
  readonly depths: readonly number[];
  readonly widths: readonly number[];
  readonly scale: number;
  readonly channels: readonly number[];
  readonly cells: readonly {
    readonly kind: string;
    readonly cin: number;
    readonly cout: number;
    readonly stride: number;
    readonly size_in: number;
  }[];
  readonly stem_and_tail: { readonly macs: number; readonly params: number; readonly latency?: number };
  readonly input_size: number;
  readonly classes: number;
}

const golden = readGolden('costs') as {
  readonly macros: Readonly<Record<string, Macro>>;
  readonly cases: readonly {
    readonly macro: string;
    readonly architecture: Architecture;
    readonly macs: number;
    readonly params: number;
    readonly latency?: number;
    readonly latency_in_band_test?: number;
    readonly published?: string;
  }[];
};

const networkOf = ({ plan, depths, widths, scale, input_size, classes }: Macro) =>
  macroNetwork({
    plan,
    depths,
    widths,
    scale,
    stemStride: 2,
    imageSize: input_size,
    imageChannels: 3,
    classes,
    tailChannels: 1024,
  });

for (const [name, macro] of Object.entries(golden.macros)) {
  const network = networkOf(macro);
  const pool = poolNamed(macro.pool);
  const macs = macsCost(network, pool);
  describe(name, () => {
    test('has the recorded cells', () => {
      const cells = network.cells.map(({ kind, inChannels, outChannels, stride, sizeIn }) => ({
        kind,
        cin: inChannels,
        cout: outChannels,
        stride,
        size_in: sizeIn,
      }));
      expect(cells).toEqual(macro.cells);
      expect(network.stem.channels).toBe(macro.channels[0]);
    });
    test('has the recorded stem and tail', () => expect(macs.fixed).toBe(macro.stem_and_tail.macs));
    const cases = golden.cases
      .map((entry, index) => ({ ...entry, index }))
      .filter((entry) => entry.macro === name);
    for (const { index, published, architecture, macs: expected, params } of cases) {
      test(`case ${index}${published === undefined ? '' : ` (published ${published})`}: MACs and parameters`, () => {
        expect(macs.total(architecture)).toBe(expected);
        expect(parameters(network, pool, architecture)).toBe(params);
      });
    }
    if (!cases.some(({ latency }) => latency !== undefined)) return;
    const time = latencyCost(network, pool, parseLatencyTable(readLatencyTable()));
    test('has the recorded latency of the tail', () =>
      expectFloat32(time.fixed, macro.stem_and_tail.latency));
    for (const { index, architecture, latency, latency_in_band_test } of cases) {
      if (latency === undefined) continue;
      test(`case ${index}: latency`, () => expectFloat32(time.total(architecture), latency));
      test(`case ${index}: the band counts additions too; the recorded quirk leaves those of E/R cells out`, () => {
        const without = time.total(architecture) - branchAdditions(network, time, architecture);
        expectFloat32(without, latency_in_band_test);
      });
    }
  });
}

test("NSENet-GPU's published code comes to 66.77 ms by the authors' table", () => {
  const { pool: name, network: spec, code } = PUBLISHED['NSENet-GPU'];
  const [network, pool] = [macroNetwork(spec), poolNamed(name)];
  const time = latencyCost(network, pool, parseLatencyTable(readLatencyTable()));
  expect(time.total(decodeArchitecture(code, network, pool)).toFixed(2)).toBe('66.77');
});

/** The recorded figures were summed in single precision, term by term. */
function expectFloat32(actual: number, expected = NaN): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(2 ** -21 * expected);
}

/** The time of the additions in cells without identity, where n branches carry n - 1. */
function branchAdditions(network: MacroNetwork, time: Cost, architecture: Architecture): number {
  return network.cells
    .filter(({ identity }) => !identity)
    .reduce((sum, { index }) => {
      const addition = time.of(index, [0, 1]) - time.of(index, [0]) - time.of(index, [1]);
      return sum + addition * ((architecture[index]?.length ?? 1) - 1);
    }, 0);
}
