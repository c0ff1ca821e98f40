import { NseError } from './error.js';

describe('NseError', () => {
  test('names every wrong field in its message', () => {
    const error = NseError.invalid([
      { field: 'seed', description: 'is not a number' },
      { field: 'pool', description: 'is unknown' },
    ]);
    expect(error.message).toBe('seed: is not a number\npool: is unknown');
    expect(error.code).toBe('INVALID_ARGUMENT');
    expect(error.field).toBeUndefined();
  });

  test('has the field of its only violation, and a violation for its field', () => {
    expect(NseError.invalid([{ field: 'seed', description: 'is negative' }]).field).toBe('seed');
    const error = new NseError('NOT_FOUND', 'there is none', { field: 'pool' });
    expect(error.violations).toEqual([{ field: 'pool', description: 'there is none' }]);
  });

  test('may be tried again when something was unavailable, unless it says otherwise', () => {
    expect(new NseError('UNAVAILABLE', 'gone').retryable).toBe(true);
    expect(new NseError('UNAVAILABLE', 'gone for good', { retryable: false }).retryable).toBe(false);
    expect(new NseError('INTERNAL', 'broken').retryable).toBe(false);
  });

  test('survives JSON, but for its cause', () => {
    const error = new NseError('FAILED_PRECONDITION', 'no', {
      reason: 'BudgetUnreachable',
      field: 'constraint',
    });
    const back = NseError.from(JSON.parse(JSON.stringify(error)));
    expect(back).toMatchObject({ code: 'FAILED_PRECONDITION', message: 'no', reason: 'BudgetUnreachable' });
    expect(back.violations).toEqual(error.violations);
  });

  test('keeps whatever was thrown as its cause', () => {
    const cause = new Error('disk full');
    expect(NseError.from(cause)).toMatchObject({ code: 'INTERNAL', message: 'disk full', cause });
    expect(NseError.from('oops')).toMatchObject({ code: 'INTERNAL', message: 'oops' });
    expect(NseError.from({ code: 'ODD', message: 'x' }).code).toBe('INTERNAL');
    const own = new NseError('ABORTED', 'stopped');
    expect(NseError.from(own)).toBe(own);
  });
});
