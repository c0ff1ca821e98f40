import * as fc from 'fast-check';
import { atOnePace } from './one-pace.js';

const time = fc.double({ min: 0.01, max: 100, noNaN: true });
const slower = fc.double({ min: 1, max: 3, noNaN: true });

describe('atOnePace', () => {
  it('gives the same times whatever each call was slowed down by, but for one factor of all', () => {
    const calls = fc.array(fc.record({ ms: time, slower }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(calls, (list) => {
        const record = Object.fromEntries(
          list.map(({ ms, slower: by }, call) => [
            `a${call}`,
            { ms: by * ms, errorMs: 0.01 * by * ms, runs: 50, call },
          ]),
        );
        const control = list.map(({ slower: by }) => 2 * by);
        const { parts, architectures } = atOnePace({ control, parts: record, architectures: record });
        const factor = parts['a0']!.ms / list[0]!.ms;
        list.forEach(({ ms }, call) => {
          expect(parts[`a${call}`]!.ms / ms / factor).toBeCloseTo(1, 6);
          expect(parts[`a${call}`]!.errorMs).toBeCloseTo(0.01 * parts[`a${call}`]!.ms, 9);
        });
        expect(architectures).toEqual(parts);
      }),
    );
  });

  it('takes no notice of a control that was disturbed by itself, where architectures of other calls tell better', () => {
    // Four passes over 12 architectures, 6 in a call, in other company each time; the third call is slower, the control of the fifth wild.
    const of = (call: number) => (call === 2 ? 1.3 : 1);
    const passes = [0, 1, 2, 3].flatMap((pass) =>
      Array.from({ length: 12 }, (_, place) => {
        const architecture = (place * [1, 5, 7, 11][pass]!) % 12;
        const call = 2 * pass + (place < 6 ? 0 : 1);
        const key = `a${architecture}${pass === 0 ? '' : `#${pass + 1}`}`;
        return [key, { ms: (1 + architecture) * of(call), errorMs: 0.01, runs: 50, call }] as const;
      }),
    );
    const control = Array.from({ length: 8 }, (_, call) => (call === 4 ? 2.5 : 2) * of(call));
    const { architectures } = atOnePace({
      control,
      parts: {},
      architectures: Object.fromEntries(passes),
    });
    for (const [key, { ms }] of Object.entries(architectures))
      expect(ms).toBeCloseTo(1 + Number(/^a(\d+)/.exec(key)?.[1]), 6);
  });

  it('leaves times alone where the control always took the same', () => {
    const measured = { ms: 2, errorMs: 0.1, runs: 50 };
    const partial = { control: [7, 7], parts: { a: { ...measured, call: 1 } }, architectures: {} };
    expect(atOnePace(partial)).toEqual({ parts: { a: measured }, architectures: {} });
    expect(atOnePace({ control: [], parts: {}, architectures: {} })).toEqual({
      parts: {},
      architectures: {},
    });
  });
});
