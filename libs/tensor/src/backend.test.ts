import util from 'node:util';

import { backend, loadBackend } from './backend.js';

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
