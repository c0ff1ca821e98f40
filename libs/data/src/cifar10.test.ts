import { NseError } from '@nse/space';
import fc from 'fast-check';
import { parseCifar10Batch } from './cifar10.js';

/** Two images: red, green and blue planes of their own value. */
const batch = Buffer.concat(
  [3, 9].map((label) => {
    const planes = [1, 2, 3].map((channel) => Buffer.alloc(1024, 10 * label + channel));
    return Buffer.concat([Buffer.of(label), ...planes]);
  }),
);

describe('CIFAR-10 binary batches', () => {
  it('give pixels of three channels', () => {
    const { labels, pixels, size, channels } = parseCifar10Batch(batch, 'f');
    expect({ size, channels, labels: [...labels] }).toEqual({ size: 32, channels: 3, labels: [3, 9] });
    expect([...pixels.subarray(0, 4), ...pixels.subarray(3072, 3075)]).toEqual([31, 32, 33, 31, 91, 92, 93]);
  });

  it('are read or refused by name, whatever is cut or changed', () => {
    const change = fc.record({ label: fc.nat(255), cut: fc.oneof(fc.constant(3073), fc.nat(batch.length)) });
    fc.assert(
      fc.property(change, ({ label, cut }) => {
        const bytes = Buffer.from(batch.subarray(0, cut));
        if (cut > 0) bytes[0] = label;
        try {
          expect(parseCifar10Batch(bytes, 'f').labels[0]).toBe(label);
        } catch (error) {
          expect(error).toBeInstanceOf(NseError);
          expect(String(error)).toMatch(
            /f: expected (whole records of 3073 bytes|labels from 0 to 9), found/,
          );
        }
      }),
    );
  });
});
