import type { Builder, Offset } from 'flatbuffers';

/** Kind, slot, value; for scalars also the default, with which the field is left out. */
export type Field = readonly [
  kind: 'int8' | 'uint8' | 'int32' | 'uint32' | 'offset',
  slot: number,
  value: number,
  standard?: number,
];

/** A table of so many slots. Text and tables in it must be there before: the builder writes one at a time. */
export function table(builder: Builder, slots: number, fields: readonly Field[]): Offset {
  builder.startObject(slots);
  for (const [kind, slot, value, standard = 0] of fields) {
    if (kind === 'offset') builder.addFieldOffset(slot, value, 0);
    else if (kind === 'int8' || kind === 'uint8') builder.addFieldInt8(slot, value, standard);
    else builder.addFieldInt32(slot, value, standard);
  }
  return builder.endObject();
}

/** A vector of tables or texts. */
export function offsets(builder: Builder, items: readonly Offset[]): Offset {
  builder.startVector(4, items.length, 4);
  for (const item of items.toReversed()) builder.addOffset(item);
  return builder.endVector();
}

export function ints(builder: Builder, values: readonly number[]): Offset {
  builder.startVector(4, values.length, 4);
  for (const value of values.toReversed()) builder.addInt32(value);
  return builder.endVector();
}

export function floats(builder: Builder, values: readonly number[]): Offset {
  builder.startVector(4, values.length, 4);
  for (const value of values.toReversed()) builder.addFloat32(value);
  return builder.endVector();
}

export function longs(builder: Builder, values: readonly number[]): Offset {
  builder.startVector(8, values.length, 8);
  for (const value of values.toReversed()) builder.addInt64(BigInt(value));
  return builder.endVector();
}
