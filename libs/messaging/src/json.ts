import { NseError } from '@nse/space';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

export function encodeJson(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

/** Raises INVALID_ARGUMENT where the bytes are no JSON; `what` names them. */
export function decodeJson(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(decoder.decode(bytes)) as unknown;
  } catch (cause) {
    throw new NseError('INVALID_ARGUMENT', `${what} is not JSON`, { cause });
  }
}
