import { type JsonObject, struct, type Struct as PlainStruct } from 'pb-util';
import type { Struct, Struct__Output } from './generated/google/protobuf/Struct.js';

/** A JSON object as a google.protobuf.Struct. Fields that are undefined are left out, as in JSON. */
export function toStruct(value: object): Struct {
  return struct.encode(JSON.parse(JSON.stringify(value)) as JsonObject) as Struct;
}

/** The JSON object in a Struct; an empty one where the message holds none. */
export function fromStruct(message: Struct__Output | null): Record<string, unknown> {
  // The library's types know null as 0; it reads the name NULL_VALUE as well.
  return message === null ? {} : struct.decode(message as unknown as PlainStruct);
}
