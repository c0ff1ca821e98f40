import { inBand, targetBand } from './band.js';
import { encodeArchitecture } from './code.js';
import { macsCost } from './cost.js';
import { pool, small } from './testing/small.js';
import { type TrustDraw, trustArchitectures } from './trust-architectures.js';

const draw: TrustDraw = { network: small, pool, subsetSize: 5, method: 'nse', seed: 3, number: 50 };
const codes = (given: Partial<TrustDraw> = {}) =>
  trustArchitectures({ ...draw, ...given }).map((architecture) => encodeArchitecture(architecture));

describe('trustArchitectures', () => {
  test('are distinct, of operations from all over the pool, the same for the same seed', () => {
    expect(new Set(codes()).size).toBe(50);
    expect(codes()).toEqual(codes());
    expect(codes({ seed: 4 })).not.toEqual(codes());
    expect(new Set(trustArchitectures(draw).flat(2)).size).toBe(pool.operations.length);
  });

  test('fill every cell that may not be empty, and no cell with more than K operations', () => {
    for (const architecture of trustArchitectures(draw)) {
      architecture.forEach((operations, cell) => {
        expect(operations.length).toBeLessThanOrEqual(5);
        if (!small.cells[cell]!.identity) expect(operations.length).toBeGreaterThan(0);
      });
    }
  });

  test('lie in the band where there is one, and are none of those before', () => {
    const cost = macsCost(small, pool);
    const band = targetBand(1.2e6, 0.3e6);
    const before = trustArchitectures({ ...draw, number: 25, within: { band, cost } });
    expect(before).toHaveLength(25);
    expect(before.every((architecture) => inBand(band, cost.total(architecture)))).toBe(true);
    const others = codes({ number: 25, within: { band, cost }, before });
    expect(others).toHaveLength(25);
    expect(others.filter((code) => before.map((each) => encodeArchitecture(each)).includes(code))).toEqual(
      [],
    );
  });

  test('are fewer in a space that has no more, and none where the band cannot be reached', () => {
    const one = { name: 'one', operations: pool.operations.slice(0, 1) };
    // Three cells of eight may be empty.
    expect(codes({ pool: one, subsetSize: 1 }).length).toBeLessThanOrEqual(2 ** small.cells.length);
    const within = { band: targetBand(1, 0.5), cost: macsCost(small, pool) };
    expect(codes({ within })).toEqual([]);
  });
});
