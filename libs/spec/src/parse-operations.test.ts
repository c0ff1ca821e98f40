import { NseError, POOLS } from '@nse/space';
import { parseOperations } from './parse-operations.js';

function refusal(written: readonly unknown[]): NseError {
  try {
    parseOperations(written, 'operations');
  } catch (error) {
    return NseError.from(error);
  }
  throw new Error('was not refused');
}

describe('operations of the user’s own', () => {
  it('are read as those of the pools are, with nothing said twice', () => {
    const mbConv = { kind: 'MBConv', kernel: 3, expansion: 1 };
    const said = { ...mbConv, dilation: 1, groups: [1, 1], squeezeExcitation: false, activation: 'relu' };
    expect(parseOperations([mbConv, said], 'operations')).toEqual([
      POOLS.mac27.operations[0],
      POOLS.mac27.operations[0],
    ]);
    const all = JSON.parse(JSON.stringify(POOLS.mac72.operations)) as unknown[];
    expect(parseOperations(all, 'operations')).toEqual(POOLS.mac72.operations);
    const own = { ...mbConv, kernel: 13, squeezeExcitation: true, activation: 'swish' };
    expect(parseOperations([own], 'operations')).toEqual([{ ...own, dilation: 1, groups: [1, 1] }]);
  });

  it('are refused with every wrong field of each', () => {
    const { code, violations } = refusal([
      { kind: 'MBConv', kernel: 4, expansion: 0 },
      { kind: 'Conv', kernel: 3, expansion: 1, dilation: 2 },
      { kind: 'MBConv', kernel: 3, expansion: 1, groups: [1, 0], colour: 'red' },
      { kind: 'Pooling', kernel: 3, expansion: 1 },
      7,
    ]);
    expect(code).toBe('INVALID_ARGUMENT');
    expect(violations.map(({ field }) => field)).toEqual([
      'operations[0].kernel',
      'operations[0].expansion',
      'operations[1].dilation',
      'operations[2].groups[1]',
      'operations[2].colour',
      'operations[3].kind',
      'operations[4]',
    ]);
    expect(violations[0]?.description).toBe('got 4; needs an odd number from 1 to 31');
  });
});
