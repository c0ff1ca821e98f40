import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { ERROR_CODES, NseError } from '@nse/space';
import fc from 'fast-check';
import { errorModel } from './definition.js';
import { errorToStatus, statusToError } from './status.js';

function received(of: { code: status; details: string; metadata: Metadata }): ServiceError {
  return Object.assign(new Error(`${of.code} ${of.details}`), of);
}

const violation = fc.record({
  field: fc.string({ unit: 'grapheme' }),
  description: fc.string({ unit: 'grapheme' }),
});
const error = fc
  .record({
    code: fc.constantFrom(...ERROR_CODES),
    message: fc.string({ unit: 'grapheme', minLength: 1 }),
    violations: fc.array(violation, { maxLength: 4 }),
    retryable: fc.boolean(),
    reason: fc.option(fc.constantFrom('BudgetUnreachable', 'NotPriced'), { nil: undefined }),
  })
  .map(({ code, message, reason, ...rest }) => {
    return new NseError(code, message, reason === undefined ? rest : { ...rest, reason });
  });

describe('errors as statuses', () => {
  it('come back with code, message, violations, reason and whether they may pass', () => {
    fc.assert(
      fc.property(error, (sent) => {
        const { code, message, violations, retryable, reason } = statusToError(received(errorToStatus(sent)));
        expect({ code, message, violations, retryable, reason }).toEqual({
          code: sent.code,
          message: sent.message,
          violations: sent.violations,
          retryable: sent.retryable,
          reason: sent.reason,
        });
      }),
    );
  });

  it('can be read by anybody who knows google.rpc.Status', () => {
    const { metadata } = errorToStatus(NseError.invalid([{ field: 'a.b', description: 'wrong' }]));
    const packed = errorModel.Status.deserialize(metadata.get('grpc-status-details-bin')[0] as Buffer);
    expect(packed).toMatchObject({ code: status.INVALID_ARGUMENT, message: 'a.b: wrong' });
    expect(packed.details.map((detail) => 'type_url' in detail && detail.type_url)).toEqual([
      'type.googleapis.com/google.rpc.ErrorInfo',
      'type.googleapis.com/google.rpc.BadRequest',
    ]);
  });

  it('are INTERNAL for what is no error of ours', () => {
    expect(errorToStatus(new TypeError('x is undefined'))).toMatchObject({ code: status.INTERNAL });
    expect(errorToStatus('a string')).toMatchObject({ code: status.INTERNAL, details: 'a string' });
  });

  it.each([
    [status.DEADLINE_EXCEEDED, 'UNAVAILABLE', true],
    [status.CANCELLED, 'ABORTED', true],
    [status.UNIMPLEMENTED, 'FAILED_PRECONDITION', false],
    [status.UNKNOWN, 'INTERNAL', false],
  ])('take gRPC status %i for %s', (code, expected, retryable) => {
    const got = statusToError(received({ code, details: 'd', metadata: new Metadata() }));
    expect(got).toMatchObject({ code: expected, message: 'd', retryable });
  });

  it('bear any bytes where the details should be', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        const metadata = new Metadata();
        metadata.set('grpc-status-details-bin', Buffer.from(bytes));
        const got = statusToError(received({ code: status.NOT_FOUND, details: 'd', metadata }));
        expect(got).toMatchObject({ code: 'NOT_FOUND', message: 'd' });
      }),
    );
  });
});
