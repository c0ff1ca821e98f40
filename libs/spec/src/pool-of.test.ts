import { NseError, operationName, POOLS } from '@nse/space';
import fc from 'fast-check';
import { canonicalOperation } from './operation.js';
import { parseSpec } from './parse.js';
import { poolOf } from './pool-of.js';
import { presets } from './presets.js';
import { retrainedPool } from './retrained.js';

const written = { ...presets['fashion-mnist-quick'], name: 's', pool: 'mac27' } as const;
const own = { kind: 'MBConv', kernel: 13, expansion: 2 } as const;

function faults(fields: object): Record<string, string> {
  try {
    parseSpec({ ...written, ...fields });
  } catch (error) {
    return Object.fromEntries(
      NseError.from(error).violations.map(({ field, description }) => [field, description]),
    );
  }
  return {};
}

describe('the pool of a spec', () => {
  it('is the named one where nothing else is said', () => {
    expect(poolOf(parseSpec(written))).toBe(POOLS.mac27);
  });

  it('holds the chosen operations in their order, and the own ones behind', () => {
    const spec = parseSpec({ ...written, subsetSize: 2, onlyOperations: [9, 0, 21], addOperations: [own] });
    const pool = poolOf(spec);
    expect(pool.name).toBe('mac27[3]+1');
    expect(pool.operations.map(operationName)).toEqual([
      'MBConv k5 t1',
      'MBConv k3 t1',
      'Rectangular k5 t1',
      'MBConv k13 t2',
    ]);
    expect(
      parseSpec({
        ...written,
        subsetSize: 2,
        onlyOperations: [9, 0, 21],
        addOperations: [own],
        rounds: undefined,
      }).rounds,
    ).toBe(3);
  });

  it('is in a resolved spec that parses to itself', () => {
    const spec = parseSpec({ ...written, addOperations: [own, { ...own, activation: 'swish' }] });
    expect(parseSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  it("keeps an operation's own squeeze-excitation and activation in retraining", () => {
    const added = { ...own, squeezeExcitation: true, activation: 'swish' } as const;
    const pool = poolOf(parseSpec({ ...written, addOperations: [added] }));
    const retrained = retrainedPool(pool, { squeezeExcitation: false, activation: 'relu' }).operations;
    expect(retrained[27]).toMatchObject(added);
    expect(retrained[0]).toMatchObject({ squeezeExcitation: false, activation: 'relu' });
  });
});

describe('a faulty pool', () => {
  it('is told by each wrong place', () => {
    expect(faults({ onlyOperations: [0, 27, 1, 2, 3] })).toEqual({
      'onlyOperations[1]': 'got 27; needs a place in the pool, 0 to 26',
    });
    expect(faults({ onlyOperations: [0, 1, 2, 3, 0] })).toEqual({
      'onlyOperations[4]': 'got 0, as onlyOperations[0] has',
    });
    expect(faults({ onlyOperations: [0, 1] })).toEqual({
      subsetSize: 'got 5; pool mac27[2] has 2 operations',
    });
  });

  it('is told where an own operation is there already, however it is written', () => {
    const known = {
      kind: 'MBConv',
      kernel: 3,
      expansion: 1,
      dilation: 1,
      groups: [1, 1],
      activation: 'relu',
    };
    expect(faults({ addOperations: [own, known, { ...own, squeezeExcitation: false }] })).toEqual({
      'addOperations[1]': 'got MBConv k3 t1, which is operation 0 of pool mac27',
      'addOperations[2]': 'got MBConv k13 t2, as addOperations[0] has',
    });
    expect(faults({ onlyOperations: [1, 2, 3, 4, 5], addOperations: [known] })).toEqual({});
  });

  it('is told where an own operation leaves the grammar', () => {
    expect(
      faults({
        addOperations: [
          { kind: 'Conv', kernel: 3, expansion: 2, dilation: 2, groups: [1, 2] },
          { kind: 'Conv', kernel: 4, expansion: 3 },
          { kind: 'Pool', kernel: 3, expansion: 3 },
        ],
      }),
    ).toEqual({
      'addOperations[1].kernel': 'got 4; needs an odd number from 1 to 31',
      'addOperations[2].kind': 'got "Pool"; needs one of MBConv, Rectangular, Conv, DualConv',
    });
    expect(faults({ addOperations: [{ kind: 'Conv', kernel: 3, expansion: 3, dilation: 2 }] })).toEqual({
      'addOperations[0].dilation': 'got 2; only MBConv has it, and kind is Conv',
    });
  });

  it('is told where groups do not divide the channels of the network', () => {
    const found = faults({ addOperations: [{ ...own, groups: [7, 1] }] });
    expect(Object.values(found).join()).toMatch(/7 groups|groups.*7|divide/);
  });
});

describe('the canonical form of an operation', () => {
  it('is that of the pools, for each of theirs', () => {
    const all = Object.values(POOLS).flatMap(({ operations }) => operations);
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.boolean(), (operation, said) => {
        const options = said ? ({ squeezeExcitation: false, activation: 'relu' } as const) : {};
        const { groups, ...rest } = { groups: undefined, ...operation };
        const input = groups === undefined ? rest : { ...rest, groups: [...groups] };
        expect(canonicalOperation({ ...input, ...options })).toEqual(operation);
      }),
    );
  });
});
