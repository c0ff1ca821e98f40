import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadModel, exportArchitecture, repositoryRoot } from '@nse/cli';
import { loadDataset } from '@nse/data';
import type { messages } from '@nse/rpc';
import { tinyFields, tinySpec } from '@nse/testing';
import { LocalSystem } from './system.js';

let system: LocalSystem;
let over: messages.Search__Output;

const search = 'exported';
const classes = 10;
const spec = tinySpec({
  rounds: 1,
  retrain: { ...tinyFields.retrain, activation: 'swish', squeezeExcitation: true },
});

beforeAll(async () => {
  system = await LocalSystem.start();
  over = await system.search(search, spec);
});

afterAll(async () => {
  await system.stop();
});

const asText = (files: ReadonlyMap<string, Buffer>) => Buffer.concat([...files.values()]).toString('latin1');

/** What ONNX Runtime gives for images (count, 1, 28, 28), in a process of its own: (count, classes). */
function onnxLogits(model: Buffer, images: Float32Array): Float32Array {
  const folder = mkdtempSync(join(tmpdir(), 'nse-exports-'));
  try {
    writeFileSync(join(folder, 'model.onnx'), model);
    writeFileSync(
      join(folder, 'images.bin'),
      new Uint8Array(images.buffer, images.byteOffset, images.byteLength),
    );
    writeFileSync(join(folder, 'shape.json'), JSON.stringify([1, 28, 28]));
    const script = join(repositoryRoot, 'test/export/onnx-logits.js');
    execFileSync(process.execPath, [script, folder], { timeout: 240_000 });
    const { buffer, byteOffset, length } = readFileSync(join(folder, 'logits.bin'));
    return new Float32Array(buffer.slice(byteOffset, byteOffset + length));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function testImages() {
  const { test } = await loadDataset(spec.dataset, { network: spec.network });
  return await test.read(Int32Array.from({ length: test.count }, (_, index) => index));
}

/** The share of images whose largest logit is their label's. */
function accuracy(logits: Float32Array, labels: Int32Array): number {
  const right = labels.filter((label, image) => {
    const each = [...logits.subarray(image * classes, (image + 1) * classes)];
    return each.indexOf(Math.max(...each)) === label;
  });
  return right.length / labels.length;
}

describe('the model that a search has trained', () => {
  it('classifies the test images in ONNX Runtime as accurately as the search says, and so does the random one', async () => {
    const { images, labels } = await testImages();
    for (const [random, model] of [
      [false, over.model],
      [true, over.randomModel],
    ] as const) {
      const files = await downloadModel(system.clients.retrainer, search, { format: 'onnx', random });
      const logits = onnxLogits(files.get('model.onnx')!, images);
      // Numbers that differ in the last digits decide otherwise where two classes are as likely.
      expect(Math.abs(accuracy(logits, labels) - model!.testAccuracy)).toBeLessThanOrEqual(0.001);
      expect(model!.testAccuracy).toBeGreaterThan(0.15);
    }
  });

  it.each([
    ['safetensors', ['architecture.json', 'model.safetensors']],
    ['onnx', ['model.onnx']],
    ['tflite', ['model.tflite']],
    ['tflite-int8', ['model-int8.tflite']],
    ['pytorch', ['model.py', 'model.safetensors']],
  ] as const)('comes as %s, with its labels, code and accuracy', async (format, names) => {
    const files = await downloadModel(system.clients.retrainer, search, { format });
    expect([...files.keys()]).toEqual(names);
    const { code = '', testAccuracy = 0 } = over.model ?? {};
    const facts = ['sneaker', code, `${(100 * testAccuracy).toFixed(2)} %`];
    const text = asText(files);
    expect(facts.filter((fact) => !text.includes(fact))).toEqual([]);
    if (names[0].endsWith('.tflite')) expect(text.slice(4, 8)).toBe('TFL3');
  });
});

describe('an architecture that is not trained', () => {
  it.each(['safetensors', 'onnx', 'tflite', 'pytorch'] as const)('is exported as %s', async (format) => {
    const { code = '' } = over.randomModel ?? {};
    const files = await exportArchitecture(system.clients.retrainer, { search, code, format });
    const text = asText(files);
    expect(text).toContain(code);
    expect(text).not.toContain('sneaker');
  });

  it('runs in ONNX Runtime, on whatever it is given', async () => {
    const { code = '' } = over.chosen ?? {};
    const files = await exportArchitecture(system.clients.retrainer, { search, code, format: 'onnx' });
    const logits = onnxLogits(files.get('model.onnx')!, new Float32Array(2 * 28 * 28).fill(0.5));
    expect(logits).toHaveLength(2 * classes);
    expect(logits.every((logit) => Number.isFinite(logit))).toBe(true);
    expect(logits.slice(0, classes)).toEqual(logits.slice(classes));
  });
});
