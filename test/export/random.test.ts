import type { NetworkInput } from '@nse/export';
import { macroNetwork, type NetworkSpec, poolNamed } from '@nse/space';
import { loadBackend } from '@nse/tensor';
import fc from 'fast-check';

import { inOnnxRuntime } from './trials.js';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 12);

const plans = fc.constantFrom(
  { plan: 'NER', stages: 6, widths: 7 } as const,
  { plan: 'NR', stages: 5, widths: 5 } as const,
);
const width = fc.integer({ min: 1, max: 4 }).map((eighths) => 8 * eighths);

/** Networks of up to a dozen cells on images of any size. */
const networks = plans.chain(({ plan, stages, widths }) =>
  fc
    .record({
      depths: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: stages, maxLength: stages }),
      widths: fc
        .array(width, { minLength: widths, maxLength: widths })
        .map((list) => list.sort((a, b) => a - b)),
      stemStride: fc.constantFrom(1, 2),
      imageSize: fc.integer({ min: 4, max: 33 }),
      imageChannels: fc.constantFrom(1, 3),
      classes: fc.integer({ min: 2, max: 12 }),
      tailChannels: fc.integer({ min: 1, max: 40 }),
    })
    .map((rest): NetworkInput['network'] => macroNetwork({ plan, scale: 1, ...rest } satisfies NetworkSpec)),
);

const inputs = fc
  .record({
    network: networks,
    pool: fc.constantFrom('mac27', 'mac72', 'gpu19'),
    activation: fc.constantFrom('relu', 'swish'),
    squeezeExcitation: fc.boolean(),
  })
  .chain(({ network, pool, activation, squeezeExcitation }) => {
    const { name, operations } = poolNamed(pool);
    const asRetrained = operations.map((operation) => ({ ...operation, activation, squeezeExcitation }));
    const index = fc.nat({ max: operations.length - 1 });
    const cells = network.cells.map(({ identity }) =>
      fc.uniqueArray(index, { minLength: identity ? 0 : 1, maxLength: 3 }),
    );
    return fc.tuple(...cells).map((architecture): NetworkInput => ({
      network,
      pool: { name, operations: asRetrained },
      architecture,
      activation,
    }));
  });

test('any architecture of any small network gives in ONNX Runtime what it gives in the engine', async () => {
  await loadBackend();
  fc.assert(
    fc.property(inputs, (input) => {
      const [outcome] = inOnnxRuntime([{ input }]);
      expect(outcome!.difference).toBeLessThan(1e-4);
    }),
    { numRuns: RUNS },
  );
});
