import { Builder, type Offset } from 'flatbuffers';
import { floats, offsets, table } from './flat-tables.js';
import type { Graph, MapShape } from './graph.js';
import { describeFacts, type ModelFacts } from './metadata.js';
import { LABELS_FILE } from './tflite-labels.js';

/** The name of the standard metadata's buffer, as Android's Task library and MediaPipe look it up. */
export const TFLITE_STANDARD_METADATA = 'TFLITE_METADATA';

const FILE_IDENTIFIER = 'M001';
/** The oldest reader that knows all fields that are written here. */
const MIN_PARSER_VERSION = '1.0.0';
/** Numbers of the published schema's enumerations and unions. */
const AXIS_LABELS = 2;
const FEATURE_PROPERTIES = 1;
const IMAGE_PROPERTIES = 2;
const NORMALIZATION_OPTIONS = 1;
const COLOUR_SPACES: Readonly<Record<number, number>> = { 1: 2, 3: 1 };
/** Pixels there go from 0 to 255, ours from 0 to 1. */
const WHITE = 255;

/**
 * What the file says of itself in TensorFlow Lite's own metadata (metadata_schema.fbs of tflite-support, version 1.1.0, by its field
 * numbers): description, how images are normalised, and that the labels of the outputs are in `labels.txt` (`withLabels`).
 */
export function standardMetadata(
  { input, output }: Pick<Graph, 'input' | 'output'>,
  facts: ModelFacts,
): Uint8Array {
  const builder = new Builder(1024);
  const text = (value: string) => builder.createString(value);
  const subgraph = table(builder, 7, [
    ['offset', 2, offsets(builder, [inputTensor(builder, input, facts)])],
    ['offset', 3, offsets(builder, [outputTensor(builder, output, facts)])],
  ]);
  const root = table(builder, 8, [
    ['offset', 0, text(facts.search ?? 'nse')],
    ['offset', 1, text(describeFacts(facts))],
    ['offset', 2, text(facts.code)],
    ['offset', 3, offsets(builder, [subgraph])],
    ['offset', 4, text(`nse ${facts.version}`)],
    ['offset', 7, text(MIN_PARSER_VERSION)],
  ]);
  builder.finish(root, FILE_IDENTIFIER);
  return builder.asUint8Array();
}

function inputTensor(
  builder: Builder,
  { name, shape }: Graph['input'],
  { normalisation }: ModelFacts,
): Offset {
  const image = table(builder, 2, [['int8', 0, COLOUR_SPACES[shape[0]] ?? 0]]);
  const scaled = (values: readonly number[]) =>
    floats(
      builder,
      values.map((value) => WHITE * value),
    );
  const units =
    normalisation === undefined
      ? []
      : [
          unit(
            builder,
            table(builder, 2, [
              ['offset', 0, scaled(normalisation.mean)],
              ['offset', 1, scaled(normalisation.deviation)],
            ]),
          ),
        ];
  return table(builder, 7, [
    ['offset', 0, builder.createString(name)],
    ['offset', 1, builder.createString(imageWords(shape, normalisation))],
    ['offset', 3, content(builder, IMAGE_PROPERTIES, image)],
    ['offset', 4, units.length === 0 ? 0 : offsets(builder, units)],
  ]);
}

function outputTensor(builder: Builder, name: string, { labels }: ModelFacts): Offset {
  const file = () =>
    table(builder, 4, [
      ['offset', 0, builder.createString(LABELS_FILE)],
      ['offset', 1, builder.createString('A label of each output, a line each.')],
      ['int8', 2, AXIS_LABELS],
    ]);
  return table(builder, 7, [
    ['offset', 0, builder.createString(name)],
    ['offset', 1, builder.createString('A value of each class, before the softmax.')],
    ['offset', 3, content(builder, FEATURE_PROPERTIES, table(builder, 0, []))],
    ['offset', 6, labels === undefined ? 0 : offsets(builder, [file()])],
  ]);
}

function imageWords([channels, height, width]: MapShape, normalisation: ModelFacts['normalisation']): string {
  const share = normalisation?.centreShare;
  const part = share === undefined ? '' : `, the middle square of ${share} of an image's shorter side`;
  return `${width} x ${height} pixels, channels: ${channels}${part}.`;
}

const content = (builder: Builder, kind: number, properties: Offset): Offset =>
  table(builder, 3, [
    ['int8', 0, kind],
    ['offset', 1, properties],
  ]);

const unit = (builder: Builder, normalization: Offset): Offset =>
  table(builder, 2, [
    ['int8', 0, NORMALIZATION_OPTIONS],
    ['offset', 1, normalization],
  ]);
