import { NseError } from '@nse/space';
import { exitCodeFor, tell } from './failure.js';

describe('what a person is told of a failure', () => {
  it('is one line for one thing', () => {
    expect(tell(new NseError('UNAVAILABLE', 'no service'))).toBe('nse: no service\n');
  });

  it('names the field that is wrong, once', () => {
    const error = NseError.invalid([{ field: 'rounds', description: 'got 0; needs 1 or more' }]);
    expect(tell(error)).toBe('nse: rounds: got 0; needs 1 or more\n');
  });

  it('is a line for each wrong field', () => {
    const error = NseError.invalid([
      { field: 'rounds', description: 'is 0' },
      { field: 'seed', description: 'is none' },
    ]);
    expect(tell(error)).toBe('nse: 2 fields are wrong\n  rounds: is 0\n  seed: is none\n');
  });

  it('says so where the fault is ours', () => {
    expect(tell(new TypeError('x is not a function'))).toBe('nse: internal error: x is not a function\n');
    expect(tell('thrown')).toBe('nse: internal error: thrown\n');
  });
});

describe('the exit code', () => {
  it.each([
    ['INVALID_ARGUMENT', 2],
    ['NOT_FOUND', 2],
    ['FAILED_PRECONDITION', 1],
    ['UNAVAILABLE', 1],
    ['INTERNAL', 1],
  ] as const)('of %s is %d', (code, exitCode) => {
    expect(exitCodeFor(new NseError(code, 'x'))).toBe(exitCode);
  });
});
