import { NseError } from './error.js';
import { macroNetwork, scaledWidth } from './macro.js';
import type { NetworkSpec } from './network.js';

const spec: NetworkSpec = {
  plan: 'NER',
  depths: [1, 1, 0, 0, 1, 0],
  widths: [8, 16, 16, 16, 16, 24, 32],
  scale: 1,
  stemStride: 2,
  imageSize: 57,
  imageChannels: 3,
  classes: 10,
  tailChannels: 128,
};

describe('macroNetwork', () => {
  test('lays out plan NER; sizes halve upwards', () => {
    const { cells, stem } = macroNetwork(spec);
    expect(stem).toEqual({ channels: 8, stride: 2, sizeOut: 29 });
    expect(
      cells.map(({ kind, inChannels, outChannels, sizeIn, sizeOut }) =>
        [kind, inChannels, outChannels, sizeIn, sizeOut].join(),
      ),
    ).toEqual([
      'N,8,8,29,29',
      'R,8,16,29,15',
      'N,16,16,15,15',
      'R,16,16,15,8',
      'R,16,16,8,4',
      'E,16,16,4,4',
      'N,16,16,4,4',
      'R,16,24,4,2',
      'E,24,32,2,2',
    ]);
  });

  test('lays out plan NR, which ends with N cells', () => {
    const { cells } = macroNetwork({
      ...spec,
      plan: 'NR',
      depths: [0, 1, 0, 0, 2],
      widths: [8, 16, 24, 32, 40],
    });
    expect(cells.map(({ kind }) => kind).join('')).toBe('RNRRRNN');
  });

  test('gives an identity to any cell that keeps its width, an E cell too, but not to one with a stride', () => {
    const { cells } = macroNetwork(spec);
    expect(cells.filter(({ identity }) => identity).map(({ index }) => index)).toEqual([0, 2, 5, 6]);
  });

  test('scales all widths but the first', () => {
    const { cells, stem } = macroNetwork({ ...spec, scale: 2 });
    expect(stem.channels).toBe(8);
    expect(cells.at(-1)?.outChannels).toBe(64);
  });

  test('names every wrong field at once', () => {
    const wrong = { ...spec, depths: [1], widths: [8, 0.5], scale: 0, imageSize: -1, classes: 1.5 };
    const error = thrownBy(() => macroNetwork(wrong));
    const fields = error.violations.map(({ field }) => field.replace('network.', ''));
    expect(new Set(fields)).toEqual(new Set(['depths', 'widths', 'scale', 'imageSize', 'classes']));
  });
});

describe('scaledWidth', () => {
  test('rounds to a multiple of 8, never more than 10 % below', () => {
    expect([24, 40, 80, 96, 192, 320].map((width) => scaledWidth(width, 1.045))).toEqual([
      24, 40, 80, 104, 200, 336,
    ]);
    expect(scaledWidth(11, 1)).toBe(16);
    expect(scaledWidth(1, 1)).toBe(8);
  });
});

function thrownBy(action: () => unknown): NseError {
  try {
    action();
  } catch (error) {
    return NseError.from(error);
  }
  throw new Error('nothing was thrown');
}
