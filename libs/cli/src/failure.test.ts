import { NseError } from '@nse/space';
import { exitCodeFor, INCOMPLETE, NOT_SUCCEEDED, tell, tellJson } from './failure.js';

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

  it('does not say so where the system refuses a file', () => {
    const refused = Object.assign(new Error("EACCES: permission denied, open 'x'"), { syscall: 'open' });
    expect(tell(refused)).toBe("nse: EACCES: permission denied, open 'x'\n");
  });
});

describe('what a program is told of a failure', () => {
  it('is one line of JSON with code, message, reason and wrong fields', () => {
    const error = new NseError('INVALID_ARGUMENT', 'is 0', { field: 'rounds', reason: 'TooFew' });
    const line = tellJson(error);
    expect(line.endsWith('\n')).toBe(true);
    expect(JSON.parse(line)).toEqual({
      code: 'INVALID_ARGUMENT',
      message: 'is 0',
      reason: 'TooFew',
      violations: [{ field: 'rounds', description: 'is 0' }],
    });
    expect(JSON.parse(tellJson(new Error('x')))).toEqual({ code: 'INTERNAL', message: 'x', violations: [] });
  });
});

describe('the exit code', () => {
  it.each([
    ['INVALID_ARGUMENT', 2],
    ['ALREADY_EXISTS', 2],
    ['NOT_FOUND', 3],
    ['UNAVAILABLE', 4],
    ['FAILED_PRECONDITION', 6],
    ['RESOURCE_EXHAUSTED', 1],
    ['ABORTED', 1],
    ['INTERNAL', 1],
  ] as const)('of %s is %d', (code, exitCode) => {
    expect(exitCodeFor(new NseError(code, 'x'))).toBe(exitCode);
  });

  it('of something followed that has not succeeded is 5, of a machine that lacks something 1', () => {
    expect(exitCodeFor(new NseError('FAILED_PRECONDITION', 'x', { reason: NOT_SUCCEEDED }))).toBe(5);
    expect(exitCodeFor(new NseError('FAILED_PRECONDITION', 'x', { reason: INCOMPLETE }))).toBe(1);
  });
});
