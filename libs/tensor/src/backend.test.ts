import util from 'node:util';

import { backend, loadBackend, loadBackendFor } from './backend.js';

test('says that TensorFlow is not loaded before it is', () => {
  expect(() => backend()).toThrow(/await loadBackend\(\)/);
});

test('loads once, with the thread count asked for first, and gives tfjs what newer Node has dropped', async () => {
  const first = await loadBackend({ threads: 1 });
  expect(await loadBackend({ threads: 2 })).toBe(first);
  expect(backend()).toBe(first);
  expect(first.threads).toBe(1);
  expect(first.tensorFlowVersion).toMatch(/^2\./);
  expect((util as { isNullOrUndefined?: (value: unknown) => boolean }).isNullOrUndefined?.(null)).toBe(true);
  expect(first.tf.getBackend()).toBe('tensorflow');
});

test('says so where a GPU was asked for and TensorFlow computes on the CPU', async () => {
  const { device } = await loadBackend();
  const told: string[] = [];
  const warn = (text: string) => void told.push(text);
  await loadBackendFor(0, warn);
  expect(told).toEqual([]);
  await loadBackendFor(1, warn);
  expect(told).toEqual(
    device === 'gpu' ? [] : [expect.stringMatching(/^asked for 1 GPU, but TensorFlow computes on the CPU/)],
  );
});
