/** The bytes of an IDX file, for tests. */
export function idxFile(dimensions: readonly number[], body: readonly number[] | Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt32BE(8 * 256 + dimensions.length);
  dimensions.forEach((dimension, axis) => header.writeUInt32BE(dimension, 4 + 4 * axis));
  return Buffer.concat([header, Uint8Array.from(body)]);
}
