import { NseError } from '@nse/space';

/** A tensor outside of the engine. `data.length` is the product of `shape`. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

/** What a safetensors file holds, in the order of its tensors. */
export interface TensorFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

const LENGTH_BYTES = 8;
/** The format's own limit. */
const MAX_HEADER_BYTES = 100_000_000;
const ELEMENT_BYTES = 4;

interface Entry {
  readonly dtype: 'F32' | 'I32';
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/**
 * Writes the safetensors format (github.com/huggingface/safetensors): the header's length, a JSON header padded to
 * 8 bytes, the numbers, little-endian. Equal input gives equal bytes.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  // Without a prototype, as any name may come: `__proto__` too is a name like others then.
  const header = Object.create(null) as Record<string, unknown>;
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata;
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    if (countOf(shape) !== data.length) {
      throw new NseError('INTERNAL', `${name} has ${data.length} numbers, its shape says ${countOf(shape)}`);
    }
    const dtype = data instanceof Float32Array ? 'F32' : 'I32';
    header[name] = { dtype, shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  return assemble(JSON.stringify(header), tensors, end);
}

function assemble(header: string, tensors: ReadonlyMap<string, StoredTensor>, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const headerBytes = Math.ceil(text.length / LENGTH_BYTES) * LENGTH_BYTES;
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  file.set(text, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerBytes;
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/**
 * Reads a safetensors file of F32 and I32 tensors. Every offset is checked against every other and the file's length:
 * throws INVALID_ARGUMENT that says what is wrong with a cut, corrupt or foreign file.
 */
export function readSafetensors(file: Uint8Array): TensorFile {
  const { header, dataStart } = readHeader(file);
  const dataBytes = file.length - dataStart;
  const tensors = new Map<string, StoredTensor>();
  let metadata: Readonly<Record<string, string>> = {};
  const ranges: { name: string; begin: number; end: number }[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      metadata = metadataOf(value);
      continue;
    }
    const { dtype, shape, data_offsets: offsets } = entryOf(name, value);
    const [begin, end] = offsets;
    if (end > dataBytes) throw broken(`${name} ends at byte ${end} of ${dataBytes}: the file is cut`);
    ranges.push({ name, begin, end });
    tensors.set(name, {
      shape,
      data: numbersAt(file, dataStart + begin, (end - begin) / ELEMENT_BYTES, dtype),
    });
  }
  checkCoverage(ranges, dataBytes);
  return { tensors, metadata };
}

function readHeader(file: Uint8Array): { header: object; dataStart: number } {
  if (file.length < LENGTH_BYTES) throw broken(`it has ${file.length} bytes, fewer than a header's length`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  const dataStart = LENGTH_BYTES + headerBytes;
  if (headerBytes > MAX_HEADER_BYTES || dataStart > file.length) {
    throw broken(`its header would take ${headerBytes} bytes of ${file.length}`);
  }
  const text = file.subarray(LENGTH_BYTES, dataStart);
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
    if (typeof header !== 'object' || header === null || Array.isArray(header)) {
      throw broken('its header is not an object');
    }
    return { header, dataStart };
  } catch (cause) {
    throw cause instanceof NseError ? cause : broken('its header is not JSON', cause);
  }
}

function metadataOf(value: unknown): Record<string, string> {
  const isText = (entry: unknown): entry is string => typeof entry === 'string';
  if (typeof value !== 'object' || value === null || !Object.values(value).every(isText)) {
    throw broken('its metadata is not text');
  }
  return value as Record<string, string>;
}

function entryOf(name: string, value: unknown): Entry {
  if (typeof value !== 'object' || value === null) throw broken(`${name} is not described`);
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  if (dtype !== 'F32' && dtype !== 'I32') {
    throw broken(`${name} has numbers of type ${String(dtype)}; F32 and I32 are read`);
  }
  if (!isCounts(shape)) throw broken(`${name} has no proper shape`);
  if (!isCounts(offsets) || offsets.length !== 2) throw broken(`${name} has no proper offsets`);
  const [begin = 0, end = 0] = offsets;
  if (end - begin !== countOf(shape) * ELEMENT_BYTES) {
    throw broken(`${name} has ${end - begin} bytes, its shape needs ${countOf(shape) * ELEMENT_BYTES}`);
  }
  return { dtype, shape, data_offsets: [begin, end] };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((entry) => Number.isSafeInteger(entry) && entry >= 0);
}

/** Tensors must fill the data without a gap or an overlap, as the format demands. */
function checkCoverage(ranges: { name: string; begin: number; end: number }[], dataBytes: number): void {
  let at = 0;
  for (const { name, begin, end } of ranges.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) throw broken(`${name} begins at byte ${begin}, the one before ends at ${at}`);
    at = end;
  }
  if (at !== dataBytes) throw broken(`its tensors end at byte ${at} of ${dataBytes}`);
}

function numbersAt(
  file: Uint8Array,
  start: number,
  count: number,
  dtype: Entry['dtype'],
): StoredTensor['data'] {
  // A copy, of a Buffer too, whose own slice would be none: the file's bytes need not be aligned.
  const bytes = Uint8Array.from(file.subarray(start, start + count * ELEMENT_BYTES));
  const Numbers = dtype === 'F32' ? Float32Array : Int32Array;
  return new Numbers(bytes.buffer, bytes.byteOffset, count);
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function broken(reason: string, cause?: unknown): NseError {
  return new NseError('INVALID_ARGUMENT', `not a sound safetensors file: ${reason}`, { cause });
}
