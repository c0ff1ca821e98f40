import { wholeNumber } from './arguments.js';

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
