import { NseError } from '@nse/space';
import fc from 'fast-check';
import { idxFile } from './idx-file.fixture.js';
import { pairIdx, parseIdxImages, parseIdxLabels } from './idx.js';

describe('IDX files', () => {
  const images = idxFile([3, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255]);
  const labels = idxFile([3], [2, 0, 1]);

  it('give images and labels', () => {
    const set = pairIdx({ bytes: images, file: 'i' }, { bytes: labels, file: 'l' }, 3);
    expect(set).toMatchObject({ size: 2, channels: 1 });
    expect([...set.pixels.subarray(4, 8)]).toEqual([4, 5, 6, 7]);
    expect([...set.labels]).toEqual([2, 0, 1]);
  });

  it.each([
    ['images that are no squares', () => parseIdxImages(idxFile([1, 1, 2], [0, 1]), 'f'), /square.*1x2/],
    ['no images', () => parseIdxImages(idxFile([0, 2, 2], []), 'f'), /at least one.*0x2x2/],
    [
      'labels in place of images',
      () => parseIdxImages(idxFile([9], new Uint8Array(9)), 'f'),
      /3 dimensions.*magic 2049/,
    ],
    ['a cut file', () => parseIdxImages(images.subarray(0, 20), 'f'), /28 bytes for 3x2x2, found 20/],
    [
      'a label that is no class',
      () => parseIdxLabels(labels, 'f', 2),
      /labels from 0 to 1, found 2 at index 0/,
    ],
    [
      'another number of labels',
      () => pairIdx({ bytes: images, file: 'i' }, { bytes: idxFile([2], [0, 1]), file: 'f' }, 3),
      /3 labels, as many as i has images, found 2/,
    ],
  ])('are refused with %s', (_, parse, message) => {
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^f: expected/);
  });

  it('are read or refused by name, whatever is cut or changed', () => {
    const change = fc.record({ at: fc.nat(images.length - 1), to: fc.nat(255), cut: fc.nat(images.length) });
    fc.assert(
      fc.property(change, ({ at, to, cut }) => {
        const bytes = Buffer.from(images.subarray(0, cut));
        if (at < cut) bytes[at] = to;
        try {
          expect(parseIdxImages(bytes, 'f').pixels.length).toBe(12);
        } catch (error) {
          expect(error).toBeInstanceOf(NseError);
          expect(error).toHaveProperty('code', 'INVALID_ARGUMENT');
        }
      }),
    );
  });
});
