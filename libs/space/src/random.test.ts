import { randomFrom, shuffled } from './random.js';
import { deviation } from './testing/deviation.js';

describe('randomFrom', () => {
  test('repeats for the same seed and counters', () => {
    const draw = () => {
      const random = randomFrom(7, 'paths', 3);
      return [random.next(), random.below(1000), random.next()];
    };
    expect(draw()).toEqual(draw());
  });

  test('differs when the seed, a counter or the kind of a counter differs', () => {
    const sources = [
      randomFrom(1, 2, 3),
      randomFrom(12, 3),
      randomFrom(1, 23),
      randomFrom(1, '2', 3),
      randomFrom(1, 3, 2),
    ];
    expect(new Set(sources.map((random) => random.next())).size).toBe(sources.length);
  });

  test('draws the same numbers on every machine', () => {
    const random = randomFrom(1, 'a');
    expect([random.next(), random.below(5)]).toEqual([0.7357628231382739, 4]);
  });

  test('is uniform', () => {
    const random = randomFrom(11);
    const draws = Array.from({ length: 20_000 }, () => String(random.below(7)));
    expect(deviation(draws, new Map(Array.from({ length: 7 }, (_, n) => [String(n), 1 / 7])))).toBeLessThan(
      4.5,
    );
    const tenths = Array.from({ length: 20_000 }, () => String(Math.floor(random.next() * 10)));
    expect(deviation(tenths, new Map(Array.from({ length: 10 }, (_, n) => [String(n), 0.1])))).toBeLessThan(
      4.5,
    );
  });
});

describe('shuffled', () => {
  test('gives every order the same chance and leaves the list alone', () => {
    const items = ['a', 'b', 'c', 'd'] as const;
    const random = randomFrom(5);
    const draws = Array.from({ length: 24_000 }, () => shuffled(items, random).join(''));
    const orders = new Map([...new Set(draws)].map((order) => [order, 1 / 24]));
    expect(orders.size).toBe(24);
    expect(deviation(draws, orders)).toBeLessThan(4.5);
    expect(items.join('')).toBe('abcd');
  });
});
