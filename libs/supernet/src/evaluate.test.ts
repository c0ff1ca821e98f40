import { type Architecture, drawPath, randomFrom } from '@nse/space';
import { liveTensors, loadBackend, read } from '@nse/tensor';

import { evaluateArchitectures, type EvaluateHooks, type EvaluateInput } from './evaluate.js';
import type { Batch } from './hooks.js';
import { imagesOf } from './labelled.js';
import { pathBlock } from './path.js';
import { type Score, ScoreSum } from './score.js';
import { network, pool, stripes, stripesSource, subsets } from './stripes.fixture.js';
import { placesOf, supernetOf } from './supernet.js';
import { encodeWeights, initialiseWeights, Statistics, Weights } from './weights.js';

const CALIBRATION_BATCHES = 3;
const calibration = stripesSource(3, 24, 10);
const heldOut = [stripes(40, 4, 0), stripes(24, 4, 1)];
const supernet = supernetOf(network, pool);
const architectures = Array.from({ length: 24 }, (_, index) =>
  drawPath(network.cells, subsets, 'nse', randomFrom(1, 'architecture', index % 20)),
);

let input: EvaluateInput;

beforeAll(async () => {
  await loadBackend({ threads: 1 });
  const weights = new Weights();
  const places = placesOf(supernet, subsets);
  initialiseWeights(weights, places, randomFrom(1, 'weights'));
  input = {
    network,
    pool,
    weights: encodeWeights(weights, places),
    subsets,
    architectures,
    calibrationBatches: CALIBRATION_BATCHES,
  };
  weights.dispose();
});

function hooks(): EvaluateHooks & {
  readonly controller: AbortController;
  readonly seen: Map<number, Score>;
} {
  const controller = new AbortController();
  const seen = new Map<number, Score>();
  return {
    controller,
    seen,
    signal: controller.signal,
    scored: (index, score) => void seen.set(index, score),
    progress: () => undefined,
  };
}

/** What the method says, with nothing shared between architectures. */
async function scorePlainly(architecture: Architecture): Promise<Score> {
  const weights = new Weights();
  initialiseWeights(weights, placesOf(supernet, subsets), randomFrom(1, 'weights'));
  const path = pathBlock(supernet, architecture);
  const into = new Statistics();
  for (let step = 0; step < CALIBRATION_BATCHES; step++) {
    const images = imagesOf(await calibration.at(step), network);
    path.run(images, weights, { kind: 'collect', into }).dispose();
    images.dispose();
  }
  const statistics = into.averages();
  const sum = new ScoreSum();
  for (const batch of heldOut) {
    const images = imagesOf(batch, network);
    const logits = path.run(images, weights, { kind: 'evaluate', statistics });
    sum.add(read(logits), batch.labels);
    images.dispose();
    logits.dispose();
  }
  into.dispose();
  for (const tensor of statistics.values()) tensor.dispose();
  weights.dispose();
  return sum.score();
}

/** Images `from` on, at most `count` of them. */
function partOf(batch: Batch, from: number, count: number): Batch {
  const labels = batch.labels.slice(from, from + count);
  const pixels = batch.images.length / batch.count;
  return { images: batch.images.slice(from * pixels, (from + count) * pixels), labels, count: labels.length };
}

const data = { calibration, heldOut };

test('gives the same bits as scoring every architecture by itself', async () => {
  const scores = await evaluateArchitectures(input, data, hooks());
  for (const [index, architecture] of architectures.entries()) {
    expect(scores[index]).toEqual(await scorePlainly(architecture));
  }
});

test.each([0, 0.02, 0.1, 0.5])('gives the same bits with %p MiB of cache', async (cacheMiB) => {
  const all = await evaluateArchitectures(input, data, hooks());
  expect(await evaluateArchitectures({ ...input, cacheMiB }, data, hooks())).toEqual(all);
});

test('does not depend on the order and the company of architectures', async () => {
  const all = await evaluateArchitectures(input, data, hooks());
  const some = [17, 3, 8];
  const chosen = { ...input, architectures: some.map((index) => architectures[index]!) };
  expect(await evaluateArchitectures(chosen, data, hooks())).toEqual(some.map((index) => all[index]));
});

test('scores a large batch in parts', async () => {
  const whole = stripes(520, 5, 0);
  const parts = [0, 250, 500].map((from) => partOf(whole, from, 250));
  const once = await evaluateArchitectures(input, { calibration, heldOut: [whole] }, hooks());
  expect(await evaluateArchitectures(input, { calibration, heldOut: parts }, hooks())).toEqual(once);
});

test('hands on every score as it comes', async () => {
  const watching = hooks();
  const scores = await evaluateArchitectures(input, data, watching);
  expect([...watching.seen].sort(([a], [b]) => a - b).map(([, score]) => score)).toEqual(scores);
});

test('refuses an architecture outside the subsets', async () => {
  const foreign = network.cells.map(() => [26]);
  const wrong = { ...input, architectures: [architectures[0]!, foreign] };
  await expect(evaluateArchitectures(wrong, data, hooks())).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    field: 'architectures[1]',
  });
});

test('stops before the next architecture when it is told to', async () => {
  const watching = hooks();
  const scored = jest.fn(() => watching.controller.abort());
  await expect(evaluateArchitectures(input, data, { ...watching, scored })).rejects.toMatchObject({
    code: 'ABORTED',
  });
  expect(scored).toHaveBeenCalledTimes(1);
});

test('frees every tensor but the constants, also when it is stopped', async () => {
  await evaluateArchitectures(input, data, hooks());
  const before = liveTensors();
  await evaluateArchitectures(input, data, hooks());
  const watching = hooks();
  const scored = () => watching.controller.abort();
  await expect(evaluateArchitectures(input, data, { ...watching, scored })).rejects.toMatchObject({
    code: 'ABORTED',
  });
  expect(liveTensors()).toBe(before);
});
