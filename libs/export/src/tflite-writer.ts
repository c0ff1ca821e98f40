import { Builder, type Offset } from 'flatbuffers';
import { type Field, floats, ints, longs, offsets, table } from './flat-tables.js';
import {
  type OptionField,
  OPERATORS,
  type Quantization,
  TENSOR_TYPES,
  type TfliteModel,
  type TfliteOperator,
  type TfliteTensor,
} from './tflite-model.js';

const SCHEMA_VERSION = 3;
const FILE_IDENTIFIER = 'TFL3';
/** Runtimes map the file and use weights where they lie. */
const BUFFER_ALIGNMENT = 16;
/** Room for all but the numbers, at first. */
const TABLE_BYTES = 1 << 16;
/** The old field for an operator's number is a byte; numbers beyond it stand in the new one alone. */
const MOST_OLD_OPERATOR = 127;

/**
 * The model as a TensorFlow Lite file, by the field numbers of the published schema. `metadata` becomes named buffers.
 * Equal input gives equal bytes.
 */
export function writeTflite(
  model: TfliteModel,
  metadata: Readonly<Record<string, string | Uint8Array>> = {},
): Uint8Array {
  const constants = model.tensors.flatMap(({ data }) => (data === undefined ? [] : [bytesOf(data)]));
  const notes = Object.values(metadata).map((note) =>
    typeof note === 'string' ? new TextEncoder().encode(note) : note,
  );
  const buffers = [new Uint8Array(0), ...constants, ...notes];
  const builder = new Builder(buffers.reduce((sum, each) => sum + each.length, TABLE_BYTES));
  const codes = operatorCodes(model);
  // Flatbuffers grow towards the front: what is written first lies last. So tables come before numbers.
  const bufferTables = buffers.map((bytes) => bufferTable(builder, bytes));
  const root = table(builder, 8, [
    ['uint32', 0, SCHEMA_VERSION],
    [
      'offset',
      1,
      offsets(
        builder,
        codes.map((code) => codeTable(builder, code)),
      ),
    ],
    ['offset', 2, offsets(builder, [subgraph(builder, model, codes)])],
    ['offset', 3, builder.createString('nse')],
    ['offset', 4, offsets(builder, bufferTables)],
    ['offset', 6, notesOf(builder, Object.keys(metadata), constants.length + 1)],
    ['offset', 7, offsets(builder, [signature(builder, model)])],
  ]);
  builder.finish(root, FILE_IDENTIFIER);
  return builder.asUint8Array();
}

function bufferTable(builder: Builder, bytes: Uint8Array): Offset {
  if (bytes.length === 0) return table(builder, 3, []);
  builder.prep(BUFFER_ALIGNMENT, bytes.length);
  return table(builder, 3, [['offset', 0, builder.createByteVector(bytes)]]);
}

function bytesOf(data: NonNullable<TfliteTensor['data']>): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

type OperatorCode = Pick<TfliteOperator, 'name' | 'version'>;

function operatorCodes({ operators }: TfliteModel): OperatorCode[] {
  const codes = new Map<string, OperatorCode>();
  for (const { name, version } of operators) codes.set(`${name} ${version}`, { name, version });
  return [...codes.values()];
}

function codeTable(builder: Builder, { name, version }: OperatorCode): Offset {
  const code = OPERATORS[name];
  return table(builder, 4, [
    ['int8', 0, Math.min(code, MOST_OLD_OPERATOR)],
    ['int32', 2, version, 1],
    ['int32', 3, code],
  ]);
}

function subgraph(builder: Builder, model: TfliteModel, codes: readonly OperatorCode[]): Offset {
  let buffer = 0;
  const tensors = model.tensors.map((tensor) =>
    tensorTable(builder, tensor, tensor.data === undefined ? 0 : ++buffer),
  );
  const operators = model.operators.map((operator) => operatorTable(builder, operator, codes));
  return table(builder, 6, [
    ['offset', 0, offsets(builder, tensors)],
    ['offset', 1, ints(builder, model.inputs)],
    ['offset', 2, ints(builder, model.outputs)],
    ['offset', 3, offsets(builder, operators)],
    ['offset', 4, builder.createString('main')],
  ]);
}

function tensorTable(
  builder: Builder,
  { name, type, shape, quantization }: TfliteTensor,
  buffer: number,
): Offset {
  return table(builder, 11, [
    ['offset', 0, ints(builder, shape)],
    ['int8', 1, TENSOR_TYPES[type]],
    ['uint32', 2, buffer],
    ['offset', 3, builder.createString(name)],
    ['offset', 4, quantization === undefined ? 0 : quantizationTable(builder, quantization)],
  ]);
}

function quantizationTable(builder: Builder, { scales, zeroPoints, axis }: Quantization): Offset {
  return table(builder, 7, [
    ['offset', 2, floats(builder, scales)],
    ['offset', 3, longs(builder, zeroPoints)],
    ['int32', 6, axis],
  ]);
}

function operatorTable(
  builder: Builder,
  { name, version, inputs, outputs, options }: TfliteOperator,
  codes: readonly OperatorCode[],
): Offset {
  const fields = options?.fields.map(({ type, slot, value, default: standard }: OptionField): Field => {
    return [type, slot, value, standard];
  });
  const slots = Math.max(0, ...(options?.fields ?? []).map(({ slot }) => slot + 1));
  return table(builder, 14, [
    ['uint32', 0, codes.findIndex((code) => code.name === name && code.version === version)],
    ['offset', 1, ints(builder, inputs)],
    ['offset', 2, ints(builder, outputs)],
    ['uint8', 3, options?.union ?? 0],
    ['offset', 4, fields === undefined ? 0 : table(builder, slots, fields)],
  ]);
}

function notesOf(builder: Builder, names: readonly string[], firstBuffer: number): Offset {
  if (names.length === 0) return 0;
  const tables = names.map((name, index) =>
    table(builder, 2, [
      ['offset', 0, builder.createString(name)],
      ['uint32', 1, firstBuffer + index],
    ]),
  );
  return offsets(builder, tables);
}

/** Inputs and outputs by name. */
function signature(builder: Builder, { tensors, inputs, outputs }: TfliteModel): Offset {
  const named = (indices: readonly number[]) =>
    offsets(
      builder,
      indices.map((index) =>
        table(builder, 2, [
          ['offset', 0, builder.createString(tensors[index]?.name ?? '')],
          ['uint32', 1, index],
        ]),
      ),
    );
  return table(builder, 5, [
    ['offset', 0, named(inputs)],
    ['offset', 1, named(outputs)],
    ['offset', 2, builder.createString('serving_default')],
  ]);
}
