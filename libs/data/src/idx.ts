import { faultyFile, type PixelSet } from './pixels.js';

// The IDX format: two zero bytes, type 8 (unsigned byte), number of dimensions, each dimension as a big-endian
// 32-bit number, then the bytes.
const unsignedByte = 8;

/** An IDX file of images (count, size, size). `file` names it in errors. Raises INVALID_ARGUMENT. */
export function parseIdxImages(bytes: Buffer, file: string): Omit<PixelSet, 'labels'> & { count: number } {
  const { dimensions, body } = parseIdx(bytes, file, 3);
  const [count = 0, height = 0, width = 0] = dimensions;
  if (height !== width || height === 0) throw faultyFile(file, 'square images', `${height}x${width} pixels`);
  return { count, size: height, channels: 1, pixels: body };
}

/** An IDX file of labels (count), each below `classes`. `file` names it in errors. Raises INVALID_ARGUMENT. */
export function parseIdxLabels(bytes: Buffer, file: string, classes: number): Uint8Array {
  const { body } = parseIdx(bytes, file, 1);
  const wrong = body.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw faultyFile(file, `labels from 0 to ${classes - 1}`, `${body[wrong] ?? ''} at index ${wrong}`);
  }
  return body;
}

/** Images and labels that belong together. Raises INVALID_ARGUMENT. */
export function pairIdx(
  images: { bytes: Buffer; file: string },
  labels: { bytes: Buffer; file: string },
  classes: number,
): PixelSet {
  const { count, ...set } = parseIdxImages(images.bytes, images.file);
  const parsed = parseIdxLabels(labels.bytes, labels.file, classes);
  if (parsed.length !== count) {
    throw faultyFile(
      labels.file,
      `${count} labels, as many as ${images.file} has images`,
      `${parsed.length}`,
    );
  }
  return { ...set, labels: parsed };
}

function parseIdx(bytes: Buffer, file: string, rank: number): { dimensions: number[]; body: Uint8Array } {
  const header = 4 + 4 * rank;
  if (bytes.length < header)
    throw faultyFile(file, `an IDX header of ${header} bytes`, `${bytes.length} bytes`);
  const magic = bytes.readUInt32BE(0);
  const expected = unsignedByte * 256 + rank;
  if (magic !== expected) {
    throw faultyFile(file, `IDX bytes in ${rank} dimensions (magic ${expected})`, `magic ${magic}`);
  }
  const dimensions = Array.from({ length: rank }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  const length = dimensions.reduce((product, dimension) => product * dimension, 1);
  const shape = dimensions.join('x');
  if (length === 0) throw faultyFile(file, 'at least one entry', shape);
  if (bytes.length !== header + length) {
    throw faultyFile(file, `${header + length} bytes for ${shape}`, `${bytes.length} bytes`);
  }
  return { dimensions, body: bytes.subarray(header) };
}
