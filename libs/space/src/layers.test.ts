import { layerMacs, layerParameters, layersOf } from './layers.js';
import type { Operation } from './operation.js';

const place = { inChannels: 8, outChannels: 16, stride: 2, size: 13 } as const;
const shapes = (operation: Operation) =>
  layersOf(operation, place).map(({ name, inChannels, outChannels, kernel, stride, padding, sizeOut }) =>
    [
      name,
      `${inChannels}-${outChannels}`,
      kernel.join('x'),
      stride.join('x'),
      padding.join('x'),
      sizeOut.join('x'),
    ].join(' '),
  );

describe('layersOf', () => {
  test('spells out an MBConv, whose padding follows the dilated kernel', () => {
    expect(shapes({ kind: 'MBConv', kernel: 5, expansion: 3, dilation: 2, groups: [1, 1] })).toEqual([
      'expand 8-24 1x1 1x1 0x0 13x13',
      'depthwise 24-24 5x5 2x2 4x4 7x7',
      'project 24-16 1x1 1x1 0x0 7x7',
    ]);
  });

  test('spells out a rectangular operation, which strides along one axis at a time', () => {
    expect(shapes({ kind: 'Rectangular', kernel: 7, expansion: 2 })).toEqual([
      'expand 8-16 1x1 1x1 0x0 13x13',
      'row 16-16 1x7 1x2 0x3 13x7',
      'column 16-16 7x1 2x1 3x0 7x7',
      'project 16-16 1x1 1x1 0x0 7x7',
    ]);
  });

  test('spells out full convolutions; of two the second has the stride', () => {
    expect(shapes({ kind: 'Conv', kernel: 3, expansion: 1 })[1]).toBe('spatial 8-8 3x3 2x2 1x1 7x7');
    expect(shapes({ kind: 'DualConv', kernel: 3, expansion: 1 }).slice(1, 3)).toEqual([
      'spatial1 8-8 3x3 1x1 1x1 13x13',
      'spatial2 8-8 3x3 2x2 1x1 7x7',
    ]);
  });

  test('groups the first and the last convolution of an MBConv', () => {
    const layers = layersOf({ kind: 'MBConv', kernel: 3, expansion: 1, dilation: 1, groups: [2, 4] }, place);
    expect(layers.map(({ groups }) => groups)).toEqual([2, 8, 4]);
    expect(layers.map(({ kind }) => kind)).toEqual(['conv', 'depthwise', 'conv']);
    expect(layers.map(layerMacs)).toEqual([32 * 169, 72 * 49, 32 * 49]);
  });

  test('activates all layers but the last and squeezes before it', () => {
    const operation = {
      kind: 'Conv',
      kernel: 3,
      expansion: 2,
      squeezeExcitation: true,
      activation: 'swish',
    } as const;
    const layers = layersOf(operation, place);
    expect(layers.map(({ activation, squeeze }) => [activation, squeeze])).toEqual([
      ['swish', undefined],
      ['swish', 4],
      ['none', undefined],
    ]);
    const [, spatial] = layers;
    expect(layerParameters(spatial!)).toBe(16 * 16 * 9 + 2 * 16 + (16 * 4 + 4 + 4 * 16 + 16));
  });

  test('refuses channels that do not divide into the groups', () => {
    const operation = { kind: 'MBConv', kernel: 3, expansion: 1, dilation: 1, groups: [3, 1] } as const;
    expect(() => layersOf(operation, place)).toThrow('expand: 8 to 8 channels do not divide into 3 groups');
  });
});
