import { NseError } from '@nse/space';
import { batches, eachBatch, fixedBatches } from './batches.js';
import { type Batch, type Split } from './dataset.js';
import { MemorySplit } from './memory-split.js';

const count = 50;
const split = new MemorySplit(
  {
    size: 8,
    channels: 1,
    pixels: Uint8Array.from({ length: count * 64 }, (_, at) => (at * 31) % 256),
    labels: Uint8Array.from({ length: count }, (_, at) => at),
  },
  Int32Array.from({ length: count }, (_, at) => at),
  { mean: [0], deviation: [1] },
);

const settings = { batchSize: 8, seed: 3, counters: ['round', 1], augment: 'shift-flip' } as const;

async function labelsOf(
  source: { at(step: number): Promise<Batch> },
  steps: Iterable<number>,
): Promise<number[]> {
  const labels: number[] = [];
  for (const step of steps) labels.push(...(await source.at(step)).labels);
  return labels;
}

describe('batches', () => {
  it('show every image at most once an epoch, in another order each epoch', async () => {
    const source = batches(split, settings);
    expect(source.stepsPerEpoch).toBe(6);
    const first = await labelsOf(source, [0, 1, 2, 3, 4, 5]);
    const second = await labelsOf(source, [6, 7, 8, 9, 10, 11]);
    expect(new Set(first).size).toBe(48);
    expect(new Set(second).size).toBe(48);
    expect(second).not.toEqual(first);
  });

  it('are the same whatever was asked for before', async () => {
    const one = batches(split, settings);
    const other = batches(split, { ...settings, ahead: 3 });
    const expected = new Map<number, Batch>();
    for (let step = 0; step < 20; step++) expected.set(step, await one.at(step));
    for (const step of [19, 0, 7, 8, 9, 3, 3, 18]) expect(await other.at(step)).toEqual(expected.get(step));
  });

  it.each([
    ['seed', { seed: 4 }],
    ['counters', { counters: ['round', 2] }],
  ])('differ by %s', async (_, change) => {
    const one = await labelsOf(batches(split, settings), [0, 1]);
    expect(await labelsOf(batches(split, { ...settings, ...change }), [0, 1])).not.toEqual(one);
  });

  it('draw their augmentation anew every step, the same for the same step', async () => {
    const draws = new Map<string, number>();
    const drawing: Split = {
      count,
      read: (indices, augment) => {
        draws.set(indices.join(), augment?.random.next() ?? 0);
        return split.read(indices);
      },
    };
    // One batch is an epoch here: every step has an order of its own.
    const steps = [0, 1, 2, 3];
    const drawn = async () => {
      draws.clear();
      const source = batches(drawing, { ...settings, batchSize: count, ahead: 0 });
      for (const step of steps) await source.at(step);
      return [...draws.values()];
    };
    const once = await drawn();
    expect(new Set(once).size).toBe(steps.length);
    expect(await drawn()).toEqual(once);
  });

  it('refuse a split smaller than one batch', () => {
    expect(() => batches(split, { ...settings, batchSize: 51 })).toThrow(NseError);
  });

  it('start the next steps while the current one is used, and each only once', async () => {
    const started: number[][] = [];
    const counting: Split = {
      count,
      read: (indices, augment) => {
        started.push([...indices]);
        return split.read(indices, augment);
      },
    };
    const source = batches(counting, { ...settings, ahead: 2 });
    await source.at(0);
    expect(started).toHaveLength(3);
    await source.at(1);
    expect(started).toHaveLength(4);
    await source.at(2);
    expect(started).toHaveLength(5);
  });

  it('give the error of a step to whoever asks for that step', async () => {
    const failing: Split = {
      count,
      read: (indices) =>
        indices.length > 0 && reads++ === 1
          ? Promise.reject(new NseError('INVALID_ARGUMENT', 'broken'))
          : split.read(indices),
    };
    let reads = 0;
    const source = batches(failing, settings);
    await source.at(0);
    await expect(source.at(1)).rejects.toThrow('broken');
    await expect(source.at(1)).resolves.toHaveProperty('count', 8);
  });
});

describe('fixedBatches', () => {
  it('cut a split in its own order, the last batch smaller', async () => {
    const fixed = await fixedBatches(split, { batchSize: 20 });
    expect(fixed.map((batch) => batch.count)).toEqual([20, 20, 10]);
    expect(fixed.flatMap(({ labels }) => [...labels])).toEqual(Array.from({ length: count }, (_, at) => at));
  });

  it('stop after the number of images asked for', async () => {
    const counts: number[] = [];
    for await (const batch of eachBatch(split, { batchSize: 20, images: 25 })) counts.push(batch.count);
    expect(counts).toEqual([20, 5]);
  });
});
