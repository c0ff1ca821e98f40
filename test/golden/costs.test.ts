import {
  type Architecture,
  macroNetwork,
  macsCost,
  type NetworkSpec,
  parameters,
  poolNamed,
} from '@nse/space';

import { readGolden } from './golden.js';

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
  readonly stem_and_tail: { readonly macs: number; readonly params: number };
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
  });
}
