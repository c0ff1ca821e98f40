import { fromStruct, fromTimestamp, type messages } from '@nse/rpc';

/**
 * A message of a service as plain JSON: names and enums as in the proto files' JSON mapping (camelCase, enums by name), whole
 * numbers as numbers, timestamps in ISO 8601, Structs and Values as the JSON that they hold, what is not set as null.
 */
export function messageJson(message: unknown): unknown {
  if (Array.isArray(message)) return message.map(messageJson);
  if (typeof message !== 'object' || message === null) return message;
  if (isTimestamp(message)) return fromTimestamp(message).toISOString();
  if (isStruct(message)) return fromStruct(message);
  if (isValue(message)) return fromStruct({ fields: { value: message } })['value'];
  // gRPC's reader tells by `_name` whether the optional field `name` is there.
  const entries = Object.entries(message).filter(([name]) => !name.startsWith('_'));
  return Object.fromEntries(entries.map(([name, value]) => [name, messageJson(value)]));
}

type Timestamp = messages.Search__Output['createTime'] & object;
type Struct = messages.Search__Output['spec'] & object;
type Value = messages.CellLogits__Output['value'][number];

const has = (message: object, ...names: readonly string[]) =>
  Object.keys(message).length === names.length && names.every((name) => name in message);

const isTimestamp = (message: object): message is Timestamp => has(message, 'seconds', 'nanos');

const isStruct = (message: object): message is Struct => has(message, 'fields');

const kinds: readonly unknown[] = [
  'nullValue',
  'numberValue',
  'stringValue',
  'boolValue',
  'structValue',
  'listValue',
] satisfies Value['kind'][];

/** `kind` is also the field of a cell, but never with such a value. */
const isValue = (message: object): message is Value => 'kind' in message && kinds.includes(message.kind);
