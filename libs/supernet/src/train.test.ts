import { NseError } from '@nse/space';
import { liveTensors, loadBackend } from '@nse/tensor';

import { data, recordingHooks, roundInput } from './stripes.fixture.js';
import { trainRound } from './train.js';

beforeAll(() => loadBackend({ threads: 1 }));

test('learns, and moves the fitness of every cell that has a choice', async () => {
  const hooks = recordingHooks();
  const input = { ...roundInput, train: { ...roundInput.train, epochs: 9 } };
  const { curve, logits } = await trainRound(input, data, hooks);
  expect(curve).toHaveLength(27);
  expect(curve.at(-1)!.loss).toBeLessThan(0.75 * curve[0]!.loss);
  for (const cell of logits) expect(cell.some((logit) => logit !== 0)).toBe(true);
});

test('goes on from a checkpoint to the same bytes', async () => {
  const straight = await trainRound(roundInput, data, recordingHooks());
  const first = recordingHooks();
  const killed = trainRound(roundInput, data, {
    ...first,
    checkpoint: async (bytes, step) => {
      await first.checkpoint(bytes, step);
      first.controller.abort();
    },
  });
  await expect(killed).rejects.toThrow(NseError);
  const resumed = await trainRound(roundInput, data, {
    ...recordingHooks(),
    resume: first.checkpoints.get(15)!,
  });
  expect(resumed).toEqual(straight);
});

test('stops within a step when it is told to', async () => {
  const hooks = recordingHooks();
  const progress = jest.fn(() => hooks.controller.abort());
  await expect(trainRound(roundInput, data, { ...hooks, progress })).rejects.toMatchObject({
    code: 'ABORTED',
  });
  expect(progress).toHaveBeenCalledTimes(1);
});

test('frees every tensor but the constants', async () => {
  await trainRound(roundInput, data, recordingHooks());
  const before = liveTensors();
  await trainRound({ ...roundInput, seed: 2 }, data, recordingHooks());
  expect(liveTensors()).toBe(before);
});
