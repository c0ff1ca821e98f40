import { type JsonObject, struct, type Struct as PlainStruct } from 'pb-util';
import { NseError } from '@nse/space';
import type { Struct, Struct__Output } from './generated/google/protobuf/Struct.js';
import type { Value__Output } from './generated/google/protobuf/Value.js';

/** A JSON object as a google.protobuf.Struct. Fields that are undefined are left out, as in JSON. */
export function toStruct(value: object): Struct {
  return struct.encode(JSON.parse(JSON.stringify(value)) as JsonObject) as Struct;
}

/**
 * The JSON object in a Struct; an empty one where the message holds none. Raises INVALID_ARGUMENT for the place of a value of
 * no kind, or of one that is more than 100 levels deep.
 */
export function fromStruct(message: Struct__Output | null): Record<string, unknown> {
  if (message === null) return {};
  checkStruct(message, '', 1);
  // The library's types know null as 0; it reads the name NULL_VALUE as well.
  return struct.decode(message as unknown as PlainStruct);
}

const MAX_DEPTH = 100;
const KINDS = ['nullValue', 'numberValue', 'stringValue', 'boolValue', 'structValue', 'listValue'];

function checkStruct({ fields }: Struct__Output, path: string, depth: number): void {
  for (const [key, value] of Object.entries(fields)) {
    checkValue(value, path === '' ? key : `${path}.${key}`, depth);
  }
}

function checkValue(value: Value__Output, path: string, depth: number): void {
  if (depth > MAX_DEPTH) throw wrong(path, `is more than ${MAX_DEPTH} levels deep`);
  if (!KINDS.some((kind) => kind in value)) throw wrong(path, 'has a value of no kind');
  if (value.structValue) checkStruct(value.structValue, path, depth + 1);
  value.listValue?.values.forEach((part, index) => checkValue(part, `${path}[${index}]`, depth + 1));
}

const wrong = (field: string, description: string) =>
  // A key may be empty or endless; the field of an error is neither.
  NseError.invalid([{ field: field.slice(0, 200) || '""', description }]);
