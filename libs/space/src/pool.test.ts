import { operationAt, operationName, poolNamed, POOLS } from './pool.js';

describe('pools', () => {
  test('have their published sizes and no operation twice', () => {
    for (const [name, size] of [
      ['mac27', 27],
      ['mac72', 72],
      ['gpu19', 19],
    ] as const) {
      expect(POOLS[name].operations).toHaveLength(size);
      expect(new Set(POOLS[name].operations.map(operationName)).size).toBe(size);
    }
  });

  test('keep the published order', () => {
    const names = ([pool, index]: readonly [keyof typeof POOLS, number]) =>
      operationName(operationAt(POOLS[pool], index));
    expect(
      (
        [
          ['mac27', 0],
          ['mac27', 1],
          ['mac27', 5],
          ['mac27', 9],
          ['mac27', 20],
          ['mac27', 21],
          ['mac27', 26],
        ] as const
      ).map(names),
    ).toEqual([
      'MBConv k3 t1',
      'MBConv k3 t1 d2',
      'MBConv k3 t3 d3',
      'MBConv k5 t1',
      'MBConv k11 t6',
      'Rectangular k5 t1',
      'Rectangular k7 t4',
    ]);
    expect(
      (
        [
          ['mac72', 26],
          ['mac72', 27],
          ['mac72', 34],
          ['mac72', 71],
        ] as const
      ).map(names),
    ).toEqual(['Rectangular k7 t4', 'MBConv k3 t1 g(1,2)', 'MBConv k3 t6 g(2,1)', 'MBConv k11 t6 g(2,2)']);
    expect(
      (
        [
          ['gpu19', 8],
          ['gpu19', 10],
          ['gpu19', 11],
          ['gpu19', 18],
        ] as const
      ).map(names),
    ).toEqual(['MBConv k7 t6', 'Conv k3 t2', 'DualConv k3 t1', 'Rectangular k7 t4']);
  });

  test('name the options of an operation', () => {
    const operation = {
      ...operationAt(POOLS.mac27, 3),
      squeezeExcitation: true,
      activation: 'swish',
    } as const;
    expect(operationName(operation)).toBe('MBConv k3 t3 se swish');
  });

  test('say what there is when a name or an index is wrong', () => {
    expect(() => poolNamed('mac28')).toThrow('there is no pool "mac28"; there are mac27, mac72, gpu19');
    expect(() => operationAt(POOLS.gpu19, 19)).toThrow('pool gpu19 has operations 0 to 18, not 19');
    expect(poolNamed('gpu19')).toBe(POOLS.gpu19);
  });
});
