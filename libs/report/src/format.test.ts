import {
  bandText,
  bytesText,
  costText,
  countText,
  durationText,
  msText,
  percentText,
  pointsText,
} from './format.js';

describe('numbers for people', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1000, '1.00 k'],
    [28_224, '28.22 k'],
    [472_800, '472.8 k'],
    [6_033_408, '6.03 M'],
    [326_326_224, '326.3 M'],
    [1_471_131_648, '1.47 G'],
  ])('writes %d as %s', (count, text) => expect(countText(count)).toBe(text));

  it.each([
    [66.7731, '66.77'],
    [9.996, '10.00'],
    [4.214, '4.21'],
    [0.3255, '0.326'],
    [0.03421, '0.0342'],
    [1e-9, '0.000000'],
    [0, '0.00'],
    [-0.0171, '-0.0171'],
  ])('writes %d ms as %s', (ms, text) => expect(msText(ms)).toBe(text));

  it.each([
    [3.21, '3.2 s'],
    [9.96, '10 s'],
    [59.6, '1 min 0 s'],
    [252, '4 min 12 s'],
    [8000, '2 h 13 min'],
  ])('writes %d seconds as %s', (seconds, text) => expect(durationText(seconds)).toBe(text));

  it('writes shares, costs, bands and sizes with their units', () => {
    expect(percentText(0.92345)).toBe('92.34 %');
    expect(percentText(null)).toBe('-');
    expect(pointsText(0.0042)).toBe('0.42 points');
    expect(costText(4.214, 'ms')).toBe('4.21 ms');
    expect(bandText({ unit: 'macs', target: 6e6, drift: 5e5 })).toBe('6.00 ± 0.50 M');
    expect(bandText({ unit: 'ms', target: 5, drift: 0.5 }, '+-')).toBe('5.00 +- 0.50 ms');
    expect(bandText({ unit: 'ms', target: 0.3421, drift: 0.01711 })).toBe('0.342 ± 0.017 ms');
    expect(bandText({ unit: 'ms', target: 5, drift: 0.004 })).toBe('5.000 ± 0.004 ms');
    expect(bytesText(2 ** 31)).toBe('2.0 GiB');
  });
});
