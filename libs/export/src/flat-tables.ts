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
export const offsets = (builder: Builder, items: readonly Offset[]): Offset =>
  vector(builder, 4, items, (item) => builder.addOffset(item));

export const ints = (builder: Builder, values: readonly number[]): Offset =>
  vector(builder, 4, values, (value) => builder.addInt32(value));

export const floats = (builder: Builder, values: readonly number[]): Offset =>
  vector(builder, 4, values, (value) => builder.addFloat32(value));

export const longs = (builder: Builder, values: readonly number[]): Offset =>
  vector(builder, 8, values, (value) => builder.addInt64(BigInt(value)));

/** Flatbuffers grow towards the front, so the last item is written first. */
function vector(
  builder: Builder,
  bytes: number,
  items: readonly number[],
  add: (item: number) => void,
): Offset {
  builder.startVector(bytes, items.length, bytes);
  for (const item of items.toReversed()) add(item);
  return builder.endVector();
}
