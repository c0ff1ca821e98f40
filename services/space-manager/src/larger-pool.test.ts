import { type Operation, operationName, POOLS } from '@nse/space';
import { canonicalOperation, parseSpec, type PoolChoice, poolOf } from '@nse/spec';
import fc from 'fast-check';
import { largerPool, type Wanted, withPool } from './larger-pool.js';
import { smallSpec } from './testing/search.js';

const own = (kernel: number, more: object = {}): Operation =>
  canonicalOperation({ kind: 'MBConv', kernel, expansion: 1, ...more });

const anyOwn = fc
  .record({ kernel: fc.constantFrom(3, 5, 13, 15), squeezeExcitation: fc.boolean() })
  .map(({ kernel, ...more }) => own(kernel, more));
const anyChoice: fc.Arbitrary<PoolChoice> = fc
  .record({
    pool: fc.constantFrom('mac27' as const, 'mac72' as const, 'gpu19' as const),
    places: fc.option(fc.uniqueArray(fc.nat(18), { minLength: 2, maxLength: 19 })),
    added: fc.uniqueArray(anyOwn, { selector: operationName }),
  })
  .map(({ pool, places, added }) => {
    const named: PoolChoice = { pool, ...(places === null ? {} : { onlyOperations: places }) };
    const known = poolOf(named).operations.map(operationName);
    const fresh = added.filter((operation) => !known.includes(operationName(operation)));
    return fresh.length === 0 ? named : { ...named, addOperations: fresh };
  });
const anyWanted: fc.Arbitrary<Wanted> = fc.oneof(
  fc.record({ pool: fc.constantFrom('mac27' as const, 'mac72' as const, 'gpu19' as const) }),
  fc.record({ operations: fc.array(anyOwn, { maxLength: 6 }) }),
);

describe('a larger pool', () => {
  it('begins with the old one, holds all that was wanted once, and says where', () => {
    fc.assert(
      fc.property(anyChoice, anyWanted, (choice, wanted) => {
        const { choice: larger, asked } = largerPool(choice, wanted);
        const [before, after] = [poolOf(choice).operations, poolOf(larger).operations];
        expect(after.slice(0, before.length)).toEqual(before);
        expect(new Set(after.map(operationName)).size).toBe(after.length);
        const all = 'pool' in wanted ? POOLS[wanted.pool].operations : wanted.operations;
        expect(asked.map(({ operation }) => operation)).toEqual(all);
        for (const { operation, index } of asked) expect(after[index]).toEqual(operation);
        const added = asked.filter((one) => one.added).map(({ index }) => index);
        expect(added).toEqual(after.slice(before.length).map((_, place) => before.length + place));
      }),
    );
  });

  it('has all of it already when it is asked for again', () => {
    fc.assert(
      fc.property(anyChoice, anyWanted, (choice, wanted) => {
        const once = largerPool(choice, wanted);
        const again = largerPool(once.choice, wanted);
        expect(again.choice).toEqual(once.choice);
        expect(again.asked).toEqual(once.asked.map((one) => ({ ...one, added: false })));
      }),
    );
  });

  it('is the named pool where that begins with all that was there', () => {
    expect(largerPool({ pool: 'mac27' }, { pool: 'mac72' }).choice).toEqual({ pool: 'mac72' });
    const first = { pool: 'mac27' as const, onlyOperations: [0, 1, 2] };
    expect(largerPool(first, { pool: 'mac27' }).choice).toEqual({ pool: 'mac27' });
  });

  it('keeps the old name elsewhere, with the others as the user’s own', () => {
    const later = { pool: 'mac27' as const, onlyOperations: [4, 5] };
    const larger = largerPool(later, { pool: 'mac27' }).choice;
    expect(larger).toMatchObject(later);
    expect(larger.addOperations).toHaveLength(25);
    const withOwn = { pool: 'mac27' as const, addOperations: [own(13)] };
    expect(poolOf(largerPool(withOwn, { pool: 'mac72' }).choice).name).toBe('mac27+46');
  });

  it('takes a spec along, which parses to itself', () => {
    const { choice } = largerPool({ pool: 'mac27' }, { operations: [own(13, { activation: 'swish' })] });
    const spec = withPool(smallSpec, choice, { rounds: 9 });
    expect(spec).toMatchObject({ rounds: 9, addOperations: choice.addOperations });
    expect(parseSpec(spec)).toEqual(spec);
    expect(withPool(spec, { pool: 'mac27' }, { rounds: smallSpec.rounds })).toEqual(smallSpec);
  });
});
