import fc from 'fast-check';

import type { ConvNode } from './graph.js';
import { windowOf } from './tflite-window.js';

/** A convolution padded as ours are. */
const convolution = fc
  .record({
    kernel: fc.tuple(fc.constantFrom(1, 3, 5, 7, 11), fc.constantFrom(1, 3, 5, 7, 11)),
    stride: fc.tuple(fc.constantFrom(1, 2), fc.constantFrom(1, 2)),
    dilation: fc.constantFrom(1, 2, 3),
    sizes: fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 })),
  })
  .map(({ sizes, ...shape }) => {
    const padding = shape.kernel.map((kernel) => Math.floor((shape.dilation * (kernel - 1) + 1) / 2));
    return { sizes, node: { ...shape, padding } as unknown as ConvNode };
  });

/** Where each output's window begins on an axis, and which pixels it may see: [first, last] of the padded axis. */
function firstWindow(size: number, reach: number, stride: number, before: number, after: number) {
  return { outputs: Math.floor((size + before + after - reach) / stride) + 1, begin: -before };
}

/** The rule of TensorFlow for SAME: ceil(size / stride) outputs, the odd zero behind. */
function samePadding(size: number, reach: number, stride: number): [number, number] {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

test('the padding of a file sees the same pixels as ours, for any size, kernel, stride and dilation', () => {
  fc.assert(
    fc.property(convolution, ({ node, sizes }) => {
      const { padding, pad } = windowOf(node, [1, ...sizes]);
      sizes.forEach((size, at) => {
        const axis = at === 0 ? 0 : 1;
        const reach = node.dilation * (node.kernel[axis] - 1) + 1;
        const [before, after] =
          padding === 'SAME' ? samePadding(size, reach, node.stride[axis]) : (pad?.[axis + 1] ?? [0, 0]);
        const ours = firstWindow(size, reach, node.stride[axis], node.padding[axis], node.padding[axis]);
        expect(firstWindow(size, reach, node.stride[axis], before, after)).toEqual(ours);
      });
    }),
  );
});

test('pads in an operator of its own only where SAME would shift the windows', () => {
  const node = { kernel: [3, 3], stride: [2, 2], padding: [1, 1], dilation: 1 } as unknown as ConvNode;
  expect(windowOf(node, [1, 15, 15])).toEqual({ padding: 'SAME' });
  expect(windowOf({ ...node, stride: [1, 1] }, [1, 14, 14])).toEqual({ padding: 'SAME' });
  expect(windowOf(node, [1, 14, 14])).toEqual({
    padding: 'VALID',
    pad: [
      [0, 0],
      [1, 0],
      [1, 0],
      [0, 0],
    ],
  });
});
