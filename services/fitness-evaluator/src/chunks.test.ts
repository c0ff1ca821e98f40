import { encodeArchitecture } from '@nse/space';
import fc from 'fast-check';
import { chunksOf } from './chunks.js';
import type { Candidate } from './draw.js';

function candidate(architecture: readonly (readonly number[])[]): Candidate {
  return { architecture, code: encodeArchitecture(architecture), cost: 1, macs: 1, origin: 'sampled' };
}

// As architectures are: ascending.
const cell = fc
  .uniqueArray(fc.nat(26), { maxLength: 3 })
  .map((branches) => branches.toSorted((a, b) => a - b));
const lists = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }).map(candidate), { maxLength: 60 });

describe('chunks of candidates', () => {
  it('hold every candidate exactly once, under its own index', () => {
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 20 }), (candidates, size) => {
        const items = chunksOf(candidates, size).flatMap((chunk) => chunk.items);
        expect(items.map(({ index }) => index).sort((a, b) => a - b)).toEqual(candidates.map((_, i) => i));
        for (const { index, code } of items) expect(code).toBe(candidates[index]?.code);
      }),
    );
  });

  it('are full but for the last', () => {
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 20 }), (candidates, size) => {
        const sizes = chunksOf(candidates, size).map(({ items }) => items.length);
        expect(sizes.slice(0, -1).every((length) => length === size)).toBe(true);
        expect(sizes).toHaveLength(Math.ceil(candidates.length / size));
      }),
    );
  });

  it('put neighbours together: those that share their first cells follow each other', () => {
    fc.assert(
      fc.property(lists, (candidates) => {
        const order = chunksOf(candidates, 7).flatMap(({ items }) => items.map(({ code }) => code));
        for (const prefix of [1, 2, 3]) {
          const begins = order.map((code) => code.split('.').slice(0, prefix).join('.'));
          const runs = begins.filter((begin, place) => begin !== begins[place - 1]);
          expect(new Set(runs).size).toBe(runs.length);
        }
      }),
    );
  });

  it('are the same for the same candidates', () => {
    fc.assert(
      fc.property(lists, (candidates) => {
        expect(chunksOf(candidates, 5)).toEqual(chunksOf(candidates, 5));
      }),
    );
  });
});
