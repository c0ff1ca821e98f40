import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { presets } from '@nse/spec';
import { Enum, type Field, MapField, Namespace, Root, Service, Type } from 'protobufjs';
import { jsonLike, withParts } from './values.js';

const folder = join(__dirname, '../../proto');

/** A method as the proto files define it. */
export interface Call {
  readonly service: string;
  /** `/nse.v1.SpaceManager/GetSearch` */
  readonly path: string;
  readonly streams: boolean;
  readonly request: Type;
}

/** Every method of every service: a new one is here as soon as its proto is. */
export function calls(): Call[] {
  const root = new Root();
  root.resolvePath = (_, target) => join(folder, target);
  root.loadSync(readdirSync(join(folder, 'nse/v1')).map((name) => `nse/v1/${name}`)).resolveAll();
  const found = root.lookup('nse.v1');
  if (!(found instanceof Namespace)) throw new Error('there is nothing in proto/nse/v1');
  return callsOf(found);
}

function callsOf(namespace: Namespace): Call[] {
  return namespace.nestedArray.flatMap((found) => {
    if (!(found instanceof Service)) return [];
    return found.methodsArray.map((method) => ({
      service: found.name,
      path: `/nse.v1.${found.name}/${method.name}`,
      streams: method.responseStream === true,
      request: method.resolvedRequestType ?? found.lookupType(method.requestType),
    }));
  });
}

/** Ids of searches that the run creates first, so that calls get further than NOT_FOUND. */
export const KNOWN = ['known-a', 'known-b'] as const;

const strings = fc.oneof(
  { arbitrary: fc.constantFrom<string>(...KNOWN), weight: 5 },
  fc.constantFrom(
    '',
    'fashion-mnist-quick',
    'unknown',
    'mac27',
    'No Id',
    '.',
    '*',
    '>',
    'known-a.>',
    '../../etc/passwd',
    '-',
    '\u0000',
    '__proto__',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constant('x'.repeat(5_000)),
  fc.array(fc.nat(30), { maxLength: 12 }).map((cells) => cells.join('.')),
);

const integers = fc.oneof(fc.nat(3), fc.integer(), fc.constantFrom(-1, 2 ** 31 - 1, -(2 ** 31)));

/** A value for a field of that type: any, but the likelier the further it gets. */
function fieldValue(field: Field, depth: number): fc.Arbitrary<unknown> {
  const { resolvedType } = field;
  if (resolvedType instanceof Enum) {
    return fc.oneof(fc.constantFrom(...Object.values(resolvedType.values)), fc.integer());
  }
  if (resolvedType instanceof Type) return messageOf(resolvedType, depth + 1);
  switch (field.type) {
    case 'string':
      return strings;
    case 'bytes':
      return fc.uint8Array({ maxLength: 50 });
    case 'bool':
      return fc.boolean();
    case 'double':
    case 'float':
      return fc.double();
    default:
      return integers;
  }
}

/** An object that encodes as a message of the type. */
export function messageOf(type: Type, depth = 0): fc.Arbitrary<Record<string, unknown>> {
  if (type.fullName === '.google.protobuf.Struct') return structs;
  if (depth > 4) return fc.constant({});
  const fields = type.fieldsArray.map((field): [string, fc.Arbitrary<unknown>] => {
    const value = fieldValue(field, depth);
    if (field instanceof MapField) return [field.name, fc.dictionary(fc.string(), value, { maxKeys: 3 })];
    return [field.name, field.repeated ? fc.array(value, { maxLength: 4 }) : value];
  });
  return fc.record(Object.fromEntries(fields), { requiredKeys: [] });
}

const quick = presets['fashion-mnist-quick'];
/** Little to do for whoever takes the search up. */
const tiny = { ...quick, rounds: 1, evaluate: { ...quick.evaluate, architectures: 4, extra: 1, workers: 1 } };

const structs: fc.Arbitrary<Record<string, unknown>> = fc
  .oneof(
    { arbitrary: fc.constant({}), weight: 2 },
    { arbitrary: withParts(tiny), weight: 4 },
    fc.constant({ rounds: 1 }),
    fc.dictionary(fc.string(), jsonLike, { maxKeys: 4 }),
  )
  .map((value) => struct(typeof value === 'object' && value !== null ? value : {}));

/** As google.protobuf.Struct writes objects; NaN goes through it, undefined becomes a value of no kind. */
export function struct(value: object): { fields: Record<string, unknown> } {
  return {
    fields: Object.fromEntries(Object.entries(value).map(([key, part]) => [key, structValue(part, 0)])),
  };
}

function structValue(value: unknown, depth: number): object {
  if (value === undefined || depth > 24) return {};
  if (value === null) return { nullValue: 0 };
  if (typeof value === 'number') return { numberValue: value };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (Array.isArray(value))
    return { listValue: { values: (value as unknown[]).map((part) => structValue(part, depth + 1)) } };
  const parts: [string, unknown][] = Object.entries(value as Record<string, unknown>);
  const fields = parts.map(([key, part]): [string, object] => [key, structValue(part, depth + 1)]);
  return { structValue: { fields: Object.fromEntries(fields) } };
}

/** The message as bytes. */
export function encoded(type: Type, message: Record<string, unknown>): Uint8Array {
  return type.encode(type.fromObject(message)).finish();
}
