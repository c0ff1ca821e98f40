// How large a search is, counted, not measured: multiply-accumulates, parameters, bytes of activations and images.
//   node docs/sizes.mjs imagenet-330m        a preset, a file with a spec, or one with a Search of Kubernetes
//   node docs/sizes.mjs --decode             images that a second of CPU time decodes, on made-up photographs
// Needs what `./nse` builds.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { batches, loadDataset } from '@nse/data';
import {
  decodeArchitecture,
  drawPair,
  drawPath,
  firstSpace,
  layersOf,
  macroNetwork,
  macsCost,
  operationAt,
  parametersByCell,
  poolNamed,
  PUBLISHED,
  randomFrom,
  stemLayer,
  tailLayer,
} from '@nse/space';
import { parseSpec, parseText, poolOf, presetNamed } from '@nse/spec';
import sharp from 'sharp';

/** @typedef {import('@nse/spec').SearchSpec} SearchSpec */
/** @typedef {import('@nse/space').Layer} Layer */
/** @typedef {import('@nse/space').MacroNetwork} MacroNetwork */
/** @typedef {import('@nse/space').Pool} Pool */
/** @typedef {readonly (readonly number[])[]} Sets operations by cell */
/** @typedef {Record<string, unknown>} Fields */
/** @typedef {{ metadata: { name: string }, spec: { preset?: string, overrides?: Fields, search?: Fields } }} SearchResource */

const DRAWS = 500;
const FLOAT_BYTES = 4;

/** @param {number[]} numbers */
const mean = (numbers) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

/**
 * Numbers that a weight step keeps of a layer for the way back: the convolution's output, and the activation's.
 * @param {Layer} layer
 */
const kept = ({ activation, outChannels, sizeOut }) =>
  outChannels * sizeOut[0] * sizeOut[1] * (activation === 'none' ? 1 : 2);

/**
 * Bytes that a weight step keeps of one image until it is through.
 * @param {MacroNetwork} network
 * @param {Pool} pool
 * @param {Sets} sets
 */
function activations(network, pool, sets) {
  const cells = network.cells.map(({ index, inChannels, outChannels, stride, sizeIn: size, sizeOut }) => {
    const layers = (sets[index] ?? []).flatMap((operation) =>
      layersOf(operationAt(pool, operation), { inChannels, outChannels, stride, size }),
    );
    return layers.reduce((sum, layer) => sum + kept(layer), outChannels * sizeOut * sizeOut);
  });
  const ends = kept(stemLayer(network)) + kept(tailLayer(network));
  return FLOAT_BYTES * cells.reduce((sum, numbers) => sum + numbers, ends);
}

/**
 * Supernets of a first round, and in each a path and a fitness step, while no operation is dearer than another.
 * @param {SearchSpec} spec
 */
function drawSteps(spec) {
  const network = macroNetwork(spec.network);
  const pool = poolOf(spec);
  const macs = macsCost(network, pool);
  const parameters = parametersByCell(network, pool);
  return Array.from({ length: DRAWS }, (_, draw) => {
    const random = randomFrom(spec.seed, 'sizes', draw);
    const { subsets } = firstSpace(network.cells.length, pool.operations.length, spec.subsetSize, random);
    const onPath = drawPath(network.cells, subsets, spec.method, random);
    const fitness = subsets.map((subset) => subset.map(() => 0));
    const pairs = drawPair(network.cells, subsets, fitness, random);
    const either = pairs.map(({ a, b }) => [...new Set([...a, ...b])]);
    return {
      parameters: parameters.total(subsets),
      path: macs.total(onPath),
      // Forward through A and B, back through A's activations; the weights stay.
      fitness: macs.total(either) + macs.total(pairs.map(({ a }) => a)),
      activations: activations(network, pool, onPath),
    };
  });
}

/** @param {SearchSpec} spec */
function sizes(spec) {
  const { network, train, fitness, evaluate } = spec;
  const draws = drawSteps(spec);
  const parameters = mean(draws.map((draw) => draw.parameters));
  const pathMacs = mean(draws.map((draw) => draw.path));
  const fitnessMacs = mean(draws.map((draw) => draw.fitness));
  const bytes = draws.map((draw) => draw.activations);
  const fitnessShare = fitness.batchSize / fitness.every / train.batchSize;
  const imageBytes = network.imageSize ** 2 * network.imageChannels * FLOAT_BYTES;
  const calibration = evaluate.batchSize * evaluate.calibrationBatches;
  const found = PUBLISHED['NSENet-27'];
  const foundNetwork = macroNetwork(found.network);
  const foundPool = poolNamed(found.pool);
  const foundSets = decodeArchitecture(found.code, foundNetwork, foundPool);
  return {
    cells: macroNetwork(network).cells.length,
    'parameters of a supernet, millions': parameters / 1e6,
    'its weights, MB': (parameters * FLOAT_BYTES) / 1e6,
    'MACs of a path, millions': pathMacs / 1e6,
    'MACs of a weight step per image, millions': (3 * pathMacs) / 1e6,
    'the same with its share of fitness steps': (3 * pathMacs + fitnessMacs * fitnessShare) / 1e6,
    'images read per image of a weight step': 1 + fitnessShare,
    'activations kept per image, MB, mean': mean(bytes) / 1e6,
    [`activations kept per image, MB, largest of ${DRAWS} paths`]: Math.max(...bytes) / 1e6,
    'activations kept of a batch, GB, mean': (mean(bytes) * train.batchSize) / 1e9,
    [`activations kept of a batch, GB, largest of ${DRAWS} paths`]:
      (Math.max(...bytes) * train.batchSize) / 1e9,
    'activations kept per image, MB, by the published NSENet-27':
      activations(foundNetwork, foundPool, foundSets) / 1e6,
    'a batch of images, GB': (imageBytes * train.batchSize) / 1e9,
    'held-out images of scoring, GB': (imageBytes * evaluate.images) / 1e9,
    'calibration images of scoring, GB': (imageBytes * calibration) / 1e9,
    'images through an architecture to score a round, millions':
      ((evaluate.architectures + evaluate.extra) * (evaluate.images + calibration)) / 1e6,
  };
}

/** Decodes and varies photographs of about the size of ImageNet's, 500 x 375 pixels in 100 kB, as training does. */
async function decodeRate() {
  const root = await mkdtemp(path.join(tmpdir(), 'nse-decode-'));
  try {
    const bytes = await writePhotographs(root);
    const dataset = await loadDataset(
      { kind: 'folder', path: root, heldOut: 16 },
      { network: { imageSize: 224, imageChannels: 3, classes: 1 } },
    );
    const source = batches(dataset.train, {
      batchSize: 64,
      seed: 1,
      counters: ['sizes'],
      augment: 'imagenet',
      ahead: 0,
    });
    await source.at(0);
    const steps = 8;
    const before = process.cpuUsage();
    for (let step = 1; step <= steps; step++) await source.at(step);
    const { user, system } = process.cpuUsage(before);
    return { 'bytes of a file': bytes, 'images a second of CPU time': (64 * steps * 1e6) / (user + system) };
  } finally {
    await rm(root, { recursive: true });
  }
}

/**
 * 80 for training and one to test.
 * @param {string} root
 * @returns {Promise<number>} bytes of one
 */
async function writePhotographs(root) {
  const random = randomFrom(1, 'photographs');
  let bytes = 0;
  for (const [part, images] of /** @type {const} */ ([
    ['train', 80],
    ['val', 1],
  ])) {
    const folder = path.join(root, part, 'one');
    await mkdir(folder, { recursive: true });
    for (let image = 0; image < images; image++) {
      const coarse = Uint8Array.from({ length: 250 * 188 * 3 }, () => random.below(256));
      const file = await sharp(coarse, { raw: { width: 250, height: 188, channels: 3 } })
        .resize(500, 375, { kernel: 'cubic' })
        .jpeg({ quality: 80 })
        .toBuffer();
      await writeFile(path.join(folder, `${image}.jpg`), file);
      bytes = file.length;
    }
  }
  return bytes;
}

/** @param {string} what */
async function specOf(what) {
  if (!existsSync(what)) return parseSpec(presetNamed(what));
  const written = /** @type {Fields} */ (parseText(await readFile(what, 'utf8')));
  if (written['kind'] !== 'Search') return parseSpec(written);
  const { metadata, spec } = /** @type {SearchResource} */ (written);
  const base = spec.preset === undefined ? spec.search : presetNamed(spec.preset);
  return parseSpec(merged({ ...base, name: metadata.name }, spec.overrides ?? {}));
}

/**
 * As the space-manager lays overrides over a preset: objects field by field, all else as a whole.
 * @param {Fields} below
 * @param {Fields} above
 * @returns {Fields}
 */
function merged(below, above) {
  const changed = Object.entries(above).map(([key, value]) => {
    const old = below[key];
    return [key, isFields(old) && isFields(value) ? merged(old, value) : value];
  });
  return { ...below, ...Object.fromEntries(changed) };
}

/**
 * @param {unknown} value
 * @returns {value is Fields}
 */
function isFields(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const [what] = process.argv.slice(2);
if (what === undefined) throw new Error('name a preset or a file, or say --decode');
const result = what === '--decode' ? await decodeRate() : sizes(await specOf(what));
for (const [name, value] of Object.entries(result)) {
  process.stdout.write(`${name}: ${Number(value.toPrecision(4))}\n`);
}
