import { positiveNumber, wholeNumber } from './arguments.js';

describe('an option that is a whole number', () => {
  const read = wholeNumber('seed');

  it.each([
    ['0', 0],
    ['42', 42],
    ['4294967295', 4_294_967_295],
  ])('reads %s', (text, value) => {
    expect(read(text)).toBe(value);
  });

  it.each(['', '-1', '1.5', '1e3', 'one', ' 1', '0x10', '12345678901'])('refuses "%s"', (text) => {
    expect(() => read(text)).toThrow('seed is a whole number, 0 or more.');
  });
});

describe('an option that is a number above 0', () => {
  const read = positiveNumber('target-ms');

  it.each([
    ['2', 2],
    ['0.25', 0.25],
  ])('reads %s', (text, value) => {
    expect(read(text)).toBe(value);
  });

  it.each(['', '0', '0.0', '-1', '1e3', 'NaN', '.5'])('refuses "%s"', (text) => {
    expect(() => read(text)).toThrow('target-ms is a number above 0.');
  });
});
