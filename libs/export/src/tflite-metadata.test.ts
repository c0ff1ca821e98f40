import { strFromU8, unzipSync } from 'fflate';
import { ByteBuffer } from 'flatbuffers';
import type { ModelFacts } from './metadata.js';
import { LABELS_FILE, withLabels } from './tflite-labels.js';
import { standardMetadata } from './tflite-metadata.js';

const facts: ModelFacts = {
  ...{ search: 'first', code: '0.3', pool: 'mac27', activation: 'relu', squeezeExcitation: false },
  ...{ macs: 10, params: 20, version: '0.1.0', testAccuracy: 0.5 },
  labels: ['shirt', 'bag,\nor sack'],
  normalisation: { mean: [0.5, 0.25, 0], deviation: [0.2, 0.4, 1], centreShare: 0.875 },
};
const graph = { input: { name: 'images', shape: [3, 24, 32] }, output: 'logits' } as const;

/** A table of a flatbuffer, read by the numbers of its fields. */
class Table {
  constructor(
    private readonly bytes: ByteBuffer,
    private readonly at: number,
  ) {}

  static root(content: Uint8Array): Table {
    const bytes = new ByteBuffer(content);
    return new Table(bytes, bytes.readInt32(bytes.position()) + bytes.position());
  }

  has(slot: number): boolean {
    return this.bytes.__offset(this.at, 4 + 2 * slot) !== 0;
  }

  text(slot: number): string {
    return this.bytes.__string(this.place(slot)) as string;
  }

  byte(slot: number): number {
    return this.bytes.readInt8(this.place(slot));
  }

  table(slot: number): Table {
    return new Table(this.bytes, this.bytes.__indirect(this.place(slot)));
  }

  tables(slot: number): Table[] {
    return this.items(slot).map((place) => new Table(this.bytes, this.bytes.__indirect(place)));
  }

  floats(slot: number): number[] {
    return this.items(slot).map((place) => this.bytes.readFloat32(place));
  }

  private items(slot: number): number[] {
    const begin = this.bytes.__vector(this.place(slot));
    return Array.from({ length: this.bytes.__vector_len(this.place(slot)) }, (_, index) => begin + 4 * index);
  }

  private place(slot: number): number {
    expect(this.has(slot)).toBe(true);
    return this.at + this.bytes.__offset(this.at, 4 + 2 * slot);
  }
}

const tensors = (content: Uint8Array) => {
  const [subgraph] = Table.root(content).tables(3);
  const [input] = subgraph!.tables(2);
  const [output] = subgraph!.tables(3);
  return { input: input!, output: output! };
};

describe('the standard metadata of a TensorFlow Lite file', () => {
  const content = standardMetadata(graph, facts);

  it('has the mark of its schema, and says what the model is', () => {
    expect(strFromU8(content.subarray(4, 8))).toBe('M001');
    const root = Table.root(content);
    expect([0, 2, 4, 7].map((slot) => root.text(slot))).toEqual(['first', '0.3', 'nse 0.1.0', '1.0.0']);
    expect(root.text(1)).toContain('test accuracy 50.00 %');
  });

  it('normalises pixels from 0 to 255', () => {
    const { input } = tensors(content);
    expect(input.text(0)).toBe('images');
    expect(input.text(1)).toBe(
      "32 x 24 pixels, channels: 3, the middle square of 0.875 of an image's shorter side.",
    );
    const image = input.table(3);
    // An image, in red, green and blue.
    expect([image.byte(0), image.table(1).byte(0)]).toEqual([2, 1]);
    const [unit] = input.tables(4);
    expect(unit!.byte(0)).toBe(1);
    expect(unit!.table(1).floats(0)).toEqual([127.5, 63.75, 0]);
    unit!
      .table(1)
      .floats(1)
      .forEach((value, channel) => {
        expect(value).toBeCloseTo([51, 102, 255][channel]!, 4);
      });
  });

  it('names the file of labels at its output', () => {
    const { output } = tensors(content);
    expect([output.text(0), output.table(3).byte(0)]).toEqual(['logits', 1]);
    const [file] = output.tables(6);
    expect([file!.text(0), file!.byte(2)]).toEqual([LABELS_FILE, 2]);
  });

  it('claims neither labels nor normalisation of a network that is not trained', () => {
    const { search, code, pool, activation, squeezeExcitation, macs, params, version } = facts;
    const untrained = {
      search,
      code,
      pool,
      activation,
      squeezeExcitation,
      macs,
      params,
      version,
    } as ModelFacts;
    const { input, output } = tensors(standardMetadata(graph, untrained));
    expect([input.has(4), output.has(6)]).toEqual([false, false]);
  });
});

describe('the labels behind a model', () => {
  const model = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);
  const whole = withLabels(model, facts.labels!);

  it('are a file of an archive, a line each, and leave the model as it is', () => {
    expect(whole.subarray(0, 1000)).toEqual(model);
    expect(strFromU8(unzipSync(whole)[LABELS_FILE]!)).toBe('shirt\nbag, or sack\n');
  });

  it('are found by places that count from the beginning of the whole, and are the same bytes each time', () => {
    const view = new DataView(whole.buffer);
    const directory = view.getUint32(whole.length - 22 + 16, true);
    expect(view.getUint32(directory, true)).toBe(0x02014b50);
    expect(view.getUint32(view.getUint32(directory + 42, true), true)).toBe(0x04034b50);
    expect(withLabels(model, facts.labels!)).toEqual(whole);
  });
});
