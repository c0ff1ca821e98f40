import { Metadata, type ServiceError, status, type StatusObject } from '@grpc/grpc-js';
import { ERROR_CODES, type ErrorCode, NseError, type Violation } from '@nse/space';
import { errorModel } from './definition.js';

const detailsKey = 'grpc-status-details-bin';
const typePrefix = 'type.googleapis.com/';
const domain = 'nse';

/** The failed call's status: the error's code and message, and for programs ErrorInfo and BadRequest as details. */
export function errorToStatus(thrown: unknown): StatusObject {
  const error = NseError.from(thrown);
  const code = status[error.code];
  const info = errorModel.ErrorInfo.serialize({
    reason: error.reason ?? error.code,
    domain,
    metadata: { retryable: String(error.retryable) },
  });
  const details = [{ type_url: `${typePrefix}google.rpc.ErrorInfo`, value: info }];
  if (error.violations.length > 0) {
    const value = errorModel.BadRequest.serialize({ fieldViolations: [...error.violations] });
    details.push({ type_url: `${typePrefix}google.rpc.BadRequest`, value });
  }
  const metadata = new Metadata();
  metadata.set(detailsKey, errorModel.Status.serialize({ code, message: error.message, details }));
  return { code, details: error.message, metadata };
}

/** The error that the server raised, as far as the status tells; other servers' errors become the nearest of ours. */
export function statusToError(error: ServiceError): NseError {
  const details = readDetails(error.metadata);
  const code = nearestCode(error.code);
  return new NseError(code, error.details === '' ? error.message : error.details, {
    cause: error,
    ...(details.reason === undefined || details.reason === code ? {} : { reason: details.reason }),
    ...(details.violations.length === 0 ? {} : { violations: details.violations }),
    ...(details.retryable === undefined ? {} : { retryable: details.retryable }),
  });
}

/** gRPC's codes that we do not use ourselves, by what they mean to a caller of ours. */
const nearest = new Map<status, ErrorCode>([
  [status.DEADLINE_EXCEEDED, 'UNAVAILABLE'],
  [status.CANCELLED, 'ABORTED'],
  [status.UNIMPLEMENTED, 'FAILED_PRECONDITION'],
  [status.OUT_OF_RANGE, 'INVALID_ARGUMENT'],
]);

function nearestCode(code: status): ErrorCode {
  const name = status[code];
  return ERROR_CODES.find((known) => known === name) ?? nearest.get(code) ?? 'INTERNAL';
}

interface Details {
  readonly violations: readonly Violation[];
  readonly reason?: string;
  readonly retryable?: boolean;
}

function readDetails(metadata: Metadata): Details {
  const [packed] = metadata.get(detailsKey);
  if (!Buffer.isBuffer(packed)) return { violations: [] };
  let found: Details = { violations: [] };
  try {
    for (const detail of errorModel.Status.deserialize(packed).details) {
      if (!('type_url' in detail) || !Buffer.isBuffer(detail.value)) continue;
      if (detail.type_url === `${typePrefix}google.rpc.BadRequest`) {
        found = { ...found, violations: errorModel.BadRequest.deserialize(detail.value).fieldViolations };
      } else if (detail.type_url === `${typePrefix}google.rpc.ErrorInfo`) {
        const { reason, metadata: facts } = errorModel.ErrorInfo.deserialize(detail.value);
        found = { ...found, reason, retryable: facts['retryable'] === 'true' };
      }
    }
  } catch {
    // Details are extra: code and message stand without them, whatever another server packed.
    return { violations: [] };
  }
  return found;
}
