// `onnx-logits.js FOLDER...`, each with model.onnx, images.bin (float32) and shape.json of one image: writes logits.bin
// there. A process of its own: a test's arrays are not of the class that ONNX Runtime knows.
const { readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { InferenceSession, Tensor } = require('onnxruntime-node');

async function logitsOf(folder) {
  const bytes = readFileSync(path.join(folder, 'images.bin'));
  const images = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const shape = JSON.parse(readFileSync(path.join(folder, 'shape.json'), 'utf8'));
  const pixels = shape.reduce((product, size) => product * size, 1);
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1 };
  const session = await InferenceSession.create(path.join(folder, 'model.onnx'), options);
  const logits = [];
  for (let start = 0; start < images.length; start += pixels) {
    const image = new Tensor('float32', images.slice(start, start + pixels), [1, ...shape]);
    const outputs = await session.run({ images: image });
    logits.push(...outputs[session.outputNames[0]].data);
  }
  await session.release();
  writeFileSync(path.join(folder, 'logits.bin'), Float32Array.from(logits));
}

async function main() {
  for (const folder of process.argv.slice(2)) await logitsOf(folder);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
