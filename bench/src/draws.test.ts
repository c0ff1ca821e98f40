import { randomFrom } from '@nse/space';
import { drawShapePair } from './draws.js';
import { drawSubsets, shapes } from './shapes.js';

test.each(shapes().map((shape) => [shape.name, shape] as const))(
  'the two sets of a cell in %s lie within its subset, and differ where there is a choice',
  (_name, shape) => {
    const subsets = drawSubsets(shape, randomFrom(1, 'subsets'));
    const pairs = drawShapePair(shape, subsets, randomFrom(1, 'pairs'));
    expect(pairs).toHaveLength(shape.network.cells.length);
    pairs.forEach(({ a, b, choice }, cell) => {
      expect(subsets[cell]).toEqual(expect.arrayContaining([...a, ...b]));
      expect(a.join() !== b.join()).toBe(choice);
    });
  },
);

test('no subset holds a dilated operation', () => {
  for (const shape of shapes()) {
    const drawn = drawSubsets(shape, randomFrom(1, 'subsets')).flat();
    const operations = drawn.map((index) => shape.pool.operations[index]!);
    expect(operations.filter((operation) => operation.kind === 'MBConv' && operation.dilation > 1)).toEqual(
      [],
    );
  }
});
