import fc from 'fast-check';
import { partition } from './partition.js';

function countsOf(labels: readonly number[], members: Iterable<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const member of members) counts.set(labels[member]!, (counts.get(labels[member]!) ?? 0) + 1);
  return counts;
}

describe('partition', () => {
  const labelled = fc.array(fc.nat(4), { minLength: 1, maxLength: 60, size: 'max' });

  it('puts every image into at most one part', () => {
    fc.assert(
      fc.property(labelled, fc.double({ min: 0, max: 1, noNaN: true }), (labels, share) => {
        const a = Math.floor(labels.length * share);
        const parts = partition(labels, { a, b: labels.length - a }, 'test');
        const members = [...parts.a, ...parts.b];
        expect(parts.a.length).toBe(a);
        expect(new Set(members).size).toBe(labels.length);
        expect(members.every((member) => member >= 0 && member < labels.length)).toBe(true);
      }),
    );
  });

  it('keeps classes in proportion in any run of a part, give or take an image', () => {
    fc.assert(
      fc.property(labelled, fc.nat(60), fc.nat(60), (labels, from, length) => {
        const { all } = partition(labels, { all: labels.length }, 'test');
        const run = all.subarray(from, from + length);
        const whole = countsOf(labels, labels.keys());
        const found = countsOf(labels, run);
        for (const [label, count] of whole) {
          const expected = (count * run.length) / labels.length;
          // The ties of five classes move an image's place by at most that many.
          expect(Math.abs((found.get(label) ?? 0) - expected)).toBeLessThan(2 + 5 * (count / labels.length));
        }
      }),
    );
  });

  it('gives the same parts every time, others for another purpose', () => {
    const labels = Array.from({ length: 100 }, (_, at) => at % 10);
    const once = partition(labels, { a: 40 }, 'test').a;
    expect(partition(labels, { a: 40 }, 'test').a).toEqual(once);
    expect(partition(labels, { a: 40 }, 'other').a).not.toEqual(once);
  });

  it('refuses more than there is, and says so', () => {
    const ask = () => partition([0, 1, 0], { heldOut: 2, train: 2 }, 'test');
    expect(ask).toThrow('asked for 2 heldOut + 2 train images; there are 3');
  });
});
